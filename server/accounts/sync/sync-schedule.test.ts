import { describe, expect, it } from 'vitest'
import type { EventEnvelope } from '../../../domain/event.ts'
import type { AccountsSynced } from '../../../domain/operations.ts'
import { utility } from '../../../utility.config.ts'
import { SyncHistory } from './sync-history.ts'
import { SyncSchedule } from './sync-schedule.ts'

const RUN = '019c0000-0000-7000-8000-00000000000'
const schedule = new SyncSchedule({ ...utility, timeZone: 'America/Los_Angeles', coreSystem: { ...utility.coreSystem, fullLoad: '30 1 * * 0', changesEverySeconds: 60 } })

function synced(runs: Partial<AccountsSynced>[]): SyncHistory {
  const history = new SyncHistory()
  for (const [index, run] of runs.entries()) history.take(endOf({ runId: `${RUN}${index}`, ...run }))
  return history
}

function endOf(run: Partial<AccountsSynced>): Pick<EventEnvelope, 'type' | 'data'> {
  const at = '2026-03-01T12:00:00.000Z'
  const counts = { rows: 0, loaded: 0, unchanged: 0, closed: 0, rejected: 0, rejectedRows: [] }
  const data: AccountsSynced = { runId: `${RUN}9`, kind: 'full', outcome: 'applied', startedAt: at, endedAt: at, asOf: at, cursor: null, reasons: [], nextRunAt: null, ...counts, ...run }
  return { type: 'accounts.synced.v1', data }
}

const requested = (requestId: string): Pick<EventEnvelope, 'type' | 'data'> =>
  ({ type: 'sync.requested.v1', data: { requestId, requestedAt: '2026-03-01T12:00:00.000Z', kind: 'full', acceptDifference: false, by: 'test' } })
const at = (ms: number) => new Date(ms).toISOString()

describe('when a full load is due @sync', () => {
  it('is at once when there never was one, and then by cron in the time zone of the utility, also over a change of its clocks', () => {
    expect(schedule.fullLoadAtMs(synced([]))).toBe(0)
    expect(at(schedule.fullLoadAtMs(synced([{}])))).toBe('2026-03-08T09:30:00.000Z')
    expect(at(schedule.plannedAtMs(Date.parse('2026-03-08T09:30:00.000Z')))).toBe('2026-03-15T08:30:00.000Z')
  })

  it('is at the cron time that followed the last one, however long ago that was', () => {
    const long = '2026-01-01T00:00:00.000Z'
    expect(at(schedule.fullLoadAtMs(synced([{ startedAt: long, endedAt: long }])))).toBe('2026-01-04T09:30:00.000Z')
  })

  it('is soon after a failure, later after several, and not before cron after a refusal', () => {
    const failed: Partial<AccountsSynced> = { outcome: 'failed' }
    expect(at(schedule.fullLoadAtMs(synced([{}, failed])))).toBe('2026-03-01T12:01:00.000Z')
    expect(at(schedule.fullLoadAtMs(synced([{}, failed, failed, failed])))).toBe('2026-03-01T12:04:00.000Z')
    expect(at(schedule.fullLoadAtMs(synced(Array.from({ length: 10 }, () => failed))))).toBe('2026-03-01T13:00:00.000Z')
    expect(at(schedule.fullLoadAtMs(synced([failed, { outcome: 'refused' }])))).toBe('2026-03-08T09:30:00.000Z')
  })

  it('is within the hour when the feed cannot go on, until one is applied', () => {
    const gone: Partial<AccountsSynced> = { kind: 'changes', outcome: 'failed', reasons: [{ code: 'cursor-gone', detail: {} }] }
    expect(at(schedule.fullLoadAtMs(synced([{}, gone])))).toBe('2026-03-01T13:00:00.000Z')
    expect(at(schedule.fullLoadAtMs(synced([{}, gone, {}])))).toBe('2026-03-08T09:30:00.000Z')
  })
})

describe('what the log says of sync @sync', () => {
  it('is the newest cursor and the tag of what was applied', () => {
    const history = synced([
      { cursor: 'first', etag: 'one' }, { kind: 'changes', cursor: 'second' }, { outcome: 'unchanged' }, { outcome: 'refused', etag: null }, { kind: 'changes', outcome: 'failed', cursor: 'third' },
    ])
    expect([history.cursor, history.etag]).toEqual(['third', 'one'])
  })

  it('is which requests wait, each until its run has ended, whatever else it holds', () => {
    const history = new SyncHistory()
    for (const id of [1, 2, 3]) history.take(requested(`${RUN}${id}`))
    history.take(endOf({ runId: `${RUN}2`, outcome: 'failed' }))
    history.take(requested(`${RUN}2`))
    history.take({ type: 'cache.flipped.v1', data: {} as never })
    history.take({ type: 'accounts.synced.v1', data: { runId: 'broken' } as never })
    expect(history.pending().map(({ requestId }) => requestId)).toEqual([`${RUN}1`, `${RUN}3`])
  })
})
