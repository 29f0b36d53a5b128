import type { Clock } from '../../domain/clock.ts'
import { REPORT_HEADERS } from '../../domain/report-limits.ts'
import { seededRandom } from '../../load/seeded-random.ts'
import { syntheticReport } from '../../load/synthetic-report.ts'
import type { LookUps } from './load-job.ts'

/** More than the longest synthetic report, or the longest look-up with its token. */
const MAX_REQUEST_BYTES = 1024

/** Whole HTTP requests made before the clock runs: reports, each with its own body, id and secret, or look-ups. */
export interface RequestStock {
  take(): Buffer
  /** Requests that had to be made during the run because the stock was empty. */
  madeLate(): number
}

/**
 * The same `seed` and `savedAtMs` give the same bodies, so that every target of a round reads the same bytes.
 * @param count how many to make beforehand
 */
export function makeRequestStock(options: { url: URL; seed: number; savedAtMs: number; count: number; lookUps?: LookUps }): RequestStock {
  const make = options.lookUps ? lookUpMaker(options.url, options.seed, options.lookUps) : reportMaker(options)
  // One piece of memory and offsets instead of an object per request: the collector has nothing to walk.
  const ends = new Uint32Array(options.count)
  const memory = Buffer.allocUnsafe(options.count * MAX_REQUEST_BYTES)
  for (let index = 0, end = 0; index < options.count; index++) {
    end += make().copy(memory, end)
    ends[index] = end
  }
  let taken = 0
  let late = 0
  return {
    take: () => {
      if (taken < ends.length) return memory.subarray(taken === 0 ? 0 : ends[taken - 1], ends[taken++])
      late++
      return make()
    },
    madeLate: () => late,
  }
}

function reportMaker({ url, seed, savedAtMs }: { url: URL; seed: number; savedAtMs: number }): () => Buffer {
  const random = seededRandom(seed)
  let nowMs = savedAtMs
  const clock: Pick<Clock, 'nowMs'> = { nowMs: () => nowMs++ }
  return () => {
    const report = syntheticReport(clock as Clock, random)
    const body = JSON.stringify(report)
    const headers = [
      `POST ${url.pathname} HTTP/1.1`,
      `host: ${url.host}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `${REPORT_HEADERS.secret}: ${Buffer.from(random.bytes(16)).toString('base64url')}`,
      `${REPORT_HEADERS.attempt}: 1`,
      `${REPORT_HEADERS.sentAt}: ${report.savedAt}`,
      `${REPORT_HEADERS.elapsedMs}: 40`,
      ...(report.hazards.length > 0 ? [`${REPORT_HEADERS.priority}: hazard`] : []),
    ]
    return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
  }
}

function lookUpMaker(url: URL, seed: number, { paths, token }: LookUps): () => Buffer {
  const random = seededRandom(seed)
  return () => {
    const path = paths[Math.floor(random.fraction() * paths.length)]!
    return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${token}\r\n\r\n`)
  }
}
