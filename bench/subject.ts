import { join } from 'node:path'
import { startStack } from '../bin/supervisor/start-stack.ts'
import { systemClock } from '../domain/clock.ts'
import { watchLag } from '../load/projection-lag.ts'
import { readLoggedReports } from '../load/storm/count-holdings.ts'
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
  /** Reports in its event log, each id once. */
  countKept(): Promise<number>
  /** Waits until both projections and the reactors rest at the end of the log; resolves to how far behind the slower projection was. */
  drain(): Promise<{ lagEvents: number; seconds: number }>
}

export async function startSubject({ folder, onEnd, signal }: BenchOptions): Promise<Subject> {
  const stack = await startStack({ dataDir: join(folder, 'subject') })
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
    pids: Object.fromEntries(PROCESSES.map((name) => [name, stack.pid(name) ?? 0])),
    countKept: async () => new Set((await readLoggedReports(log)).map(({ id }) => id)).size,
    drain: async () => {
      const startMs = systemClock.monotonicMs()
      const lagEvents = await behind()
      let events = -1
      for (let restMs = 0; restMs < REST_MS; restMs += LOOK_MS) {
        const elapsedMs = systemClock.monotonicMs() - startMs
        const now = await log.statistics('outages')
        // Reactors append for a while after the last report: rest means that nothing was added, either.
        if (now.events !== events || (await behind()) > 0) restMs = 0
        events = now.events
        if (elapsedMs > DRAIN_LIMIT_MS) throw new Error(`The projections were still ${await behind()} events behind after ${DRAIN_LIMIT_MS / 1000} s`)
        await systemClock.sleep(LOOK_MS, signal)
      }
      return { lagEvents, seconds: (systemClock.monotonicMs() - startMs) / 1000 }
    },
  }
}
