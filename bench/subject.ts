import { join } from 'node:path'
import { startStack } from '../bin/supervisor/start-stack.ts'
import { systemClock } from '../domain/clock.ts'
import { watchLag } from '../load/projection-lag.ts'
import { readLoggedReports } from '../load/storm/count-holdings.ts'
import type { EventLog } from '../server/platform/event-log/event-log.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import type { BenchOptions } from './row.ts'

/** Longest wait for both projections to reach the end of the log between measurements. */
const DRAIN_LIMIT_MS = 120_000
const LOOK_MS = 100
const PROCESSES = ['api', 'projector', 'reactors', 'postgres', 'redis', 'web'] as const
/** Nothing new for so long is rest. */
const REST_MS = 500

/** The real portal in a folder of its own: api, both projectors, reactors, web, Postgres, Redis. */
export interface Subject {
  url: string
  databaseUrl: string
  /** Of everything that works for a report. */
  pids: Record<string, number>
  log: EventLog
  /** Reports in its event log, each id once. */
  countKept(): Promise<number>
  /** Waits until both projections and the reactors rest at the end of the log; resolves to how far behind the slower projection was. */
  drain(): Promise<{ lagEvents: number; seconds: number }>
}

/** @param env set for its processes over the usual: another event log, say */
export async function startSubject({ folder, onEnd, signal }: BenchOptions, env: Readonly<Record<string, string>> = {}): Promise<Subject> {
  const stack = await startStack({ dataDir: join(folder, 'subject'), env })
  onEnd(() => stack.stop())
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '', EVENT_LOG_URL: eventLogUrl = '' } = stack.env
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region: 'local', node: 'bench' })
  onEnd(() => log.close())
  const watch = await watchLag({ log, databaseUrl, redisUrl })
  onEnd(() => watch.close())
  const behind = async () => {
    const { postgres, redis } = await watch.look()
    return Math.max(postgres, redis)
  }
  return {
    url: `${stack.url.replace('//localhost', '//127.0.0.1')}/api/v1/outage-reports`,
    databaseUrl,
    log,
    pids: Object.fromEntries(PROCESSES.map((name) => [name, stack.pid(name) ?? 0])),
    countKept: async () => new Set((await readLoggedReports(log)).map(({ id }) => id)).size,
    drain: async () => {
      const startMs = systemClock.monotonicMs()
      const lagEvents = await behind()
      let ends = ''
      for (let restMs = 0; restMs < REST_MS; restMs += LOOK_MS) {
        const elapsedMs = systemClock.monotonicMs() - startMs
        const now = (await Promise.all((await log.partitions('outages')).map((partition) => log.end(partition)))).join()
        // Reactors append for a while after the last report: rest means that nothing was added, either.
        if (now !== ends || (await behind()) > 0) restMs = 0
        ends = now
        if (elapsedMs > DRAIN_LIMIT_MS) throw new Error(`The projections were still ${await behind()} events behind after ${DRAIN_LIMIT_MS / 1000} s`)
        await systemClock.sleep(LOOK_MS, signal)
      }
      return { lagEvents, seconds: (systemClock.monotonicMs() - startMs) / 1000 }
    },
  }
}
