import { join } from 'node:path'
import { Redis } from 'ioredis'
import { startStack } from '../../bin/supervisor/start-stack.ts'
import { systemClock } from '../../domain/clock.ts'
import type { AccountsSynced } from '../../domain/operations.ts'
import { listGenerations } from '../../server/accounts/generations.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { rounded } from '../percentile.ts'
import type { BenchOptions } from '../row.ts'

const LOOK_MS = 250
const SAY_EVERY_MS = 30_000

export interface FullPath {
  /** From the beginning of a first full load until the cache that it filled answers. */
  fullPathSeconds: number
  parts: {
    /** Pages from the core system, checked, on sync's disk. */
    fetchSeconds: number
    /** Compared with what was known before the log gets any. */
    judgeSeconds: number
    /** Appended to the event log; both projectors are at work meanwhile. */
    appendSeconds: number
    /** Until Postgres had folded all of it. */
    projectSeconds: number
    /** A generation built from Postgres, validated and made live. */
    cacheSeconds: number
  }
}

/** The stand-in for the core system, sync, the log and both projectors, as `npm start` runs them: how long a first full load takes, part by part. */
export async function fullPath({ folder, say, onEnd, signal }: BenchOptions, accounts: number): Promise<FullPath> {
  const startMs = systemClock.monotonicMs()
  const stack = await startStack({ dataDir: join(folder, 'full-path'), processes: ['postgres', 'redis', 'core-sim', 'projector', 'sync'], coreAccounts: accounts })
  onEnd(() => stack.stop({ now: true }))
  say(`the stand-in for the core system has its accounts, and the portal began to load them: ${((systemClock.monotonicMs() - startMs) / 1_000).toFixed(1)} s`)
  const log = await openEventLog({ url: stack.env['EVENT_LOG_URL'] ?? '', clock: systemClock, region: 'local', node: 'bench' })
  onEnd(() => log.close())
  const redis = new Redis(stack.env['REDIS_URL'] ?? '')
  onEnd(() => Promise.resolve(redis.disconnect()))

  const seen: Partial<Record<'fetched' | 'appending' | 'appended' | 'building', number>> = {}
  let saidMs = systemClock.monotonicMs()
  let run: AccountsSynced | null = null
  while (!(run = await firstLoad(log))) {
    const { told = 0, fetched = 0, applied = 0 } = await loadRows(stack.adminUrl('sync'))
    const nowMs = systemClock.nowMs()
    if (told > 0 && fetched >= told) seen.fetched ??= nowMs
    if (applied > 0) seen.appending ??= nowMs
    if (told > 0 && applied >= told) seen.appended ??= nowMs
    if ((await listGenerations(redis)).some(({ role }) => role === 'building')) seen.building ??= nowMs
    if (systemClock.monotonicMs() - saidMs > SAY_EVERY_MS) {
      saidMs = systemClock.monotonicMs()
      say(`of ${told.toLocaleString('en')} accounts ${fetched.toLocaleString('en')} fetched, ${applied.toLocaleString('en')} in the log`)
    }
    await systemClock.sleep(LOOK_MS, signal)
  }
  const { outcome, loaded, reasons, startedAt, endedAt } = run
  if (outcome !== 'applied' || loaded !== accounts || reasons.length > 0) throw new Error(`The full load ended otherwise than it should: ${JSON.stringify({ outcome, loaded, reasons })}`)
  const [from, to] = [Date.parse(startedAt), Date.parse(endedAt)]
  // A part that was over between two looks took no time that could be seen.
  const { fetched = from, appending = fetched, appended = appending, building = appended } = seen
  const seconds = (start: number, end: number) => rounded((end - start) / 1_000)
  return {
    fullPathSeconds: seconds(from, to),
    parts: {
      fetchSeconds: seconds(from, fetched), judgeSeconds: seconds(fetched, appending), appendSeconds: seconds(appending, appended),
      projectSeconds: seconds(appended, building), cacheSeconds: seconds(building, to),
    },
  }
}

/** The first full load that ended. */
async function firstLoad(log: EventLog): Promise<AccountsSynced | null> {
  for (const partition of await log.partitions('ops')) {
    for await (const batch of log.read(partition, null, { signal: new AbortController().signal, follow: false })) {
      for (const { envelope } of batch) {
        // Data of each type are as eventTypes in domain/event.ts says.
        const data = envelope.data as AccountsSynced
        if (envelope.type === 'accounts.synced.v1' && data.kind === 'full') return data
      }
    }
  }
  return null
}

/** Rows of the load that is under way, by their state. */
async function loadRows(adminUrl: string): Promise<Record<string, number>> {
  const text = await fetch(`${adminUrl}/metrics`).then((answer) => answer.text(), () => '')
  return Object.fromEntries([...text.matchAll(/^stormdoor_sync_load_rows\{[^}]*state="(\w+)"[^}]*\} (\d+)/gm)].map(([, state, rows]) => [state!, Number(rows)]))
}
