import { describe, expect, it, vi } from 'vitest'
import { coreRows, ownCoreSim } from '../../../bin/test-support/own-core-sim.ts'
import { eventsOf, ownSync, type OwnSync } from '../../../bin/test-support/own-sync.ts'
import type { EventType } from '../../../domain/event.ts'
import type { AccountsSynced } from '../../../domain/operations.ts'
import { FeedFile } from './feed-file.ts'
import { followChanges, type FeedState } from './follow-changes.ts'
import { CorePace } from './core-pace.ts'

const ACCOUNTS = 100
const rows = coreRows(ACCOUNTS + 1)
const run = { runId: '019c0000-0000-7000-8000-000000000000', startedAt: '2026-01-31T04:00:00.000Z' }

/** After a full load. */
async function loaded(bounds = {}, accounts = ACCOUNTS) {
  const core = await ownCoreSim(accounts)
  const sync = await ownSync(core, bounds)
  const running = sync.start()
  const first = await vi.waitFor(async () => {
    const [run] = await sync.runs()
    expect(run).toMatchObject({ outcome: 'applied' })
    return run!
  }, { timeout: 20_000, interval: 20 })
  await running.stop()
  const feed: FeedState = { cursor: first.cursor!, etag: null, closings: [], save: vi.fn<() => void>() }
  return { core, sync, feed, follow: (signal = new AbortController().signal) => follow(sync, feed, signal) }
}

function follow({ options, log, index }: OwnSync, feed: FeedState, signal: AbortSignal) {
  const { core, utility, clock, random } = options
  return followChanges({ core: core!, log, index, utility, feed, asker: { pace: new CorePace(clock, 2_000), clock, random, signal, patienceMs: 0 } }, run)
}

describe('the change feed @sync', () => {
  it('appends page by page before the cursor moves, the last word of each account, and is told when nothing is new', async () => {
    const { core, sync, feed, follow } = await loaded()
    const before = feed.cursor
    core.history.append(rows.slice(0, 50).map((row) => ({ accountNumber: row.accountNumber, row: { ...row, name: 'First word' } })))
    core.history.append([
      { accountNumber: rows[0]!.accountNumber, row: { ...rows[0]!, name: 'Last word' } },
      { accountNumber: rows[60]!.accountNumber, row: null },
      { accountNumber: rows[ACCOUNTS]!.accountNumber, row: rows[ACCOUNTS]! },
    ])
    expect(await follow()).toMatchObject({ kind: 'changes', outcome: 'applied', rows: 53, loaded: 52, closed: 1, rejected: 0, cursor: feed.cursor })
    expect(feed.cursor).not.toBe(before)
    expect(feed.save).toHaveBeenCalledTimes(3)
    const told = (await sync.accountEvents()).slice(ACCOUNTS)
    const count = (type: EventType) => told.filter((event) => event.startsWith(type)).length
    expect([count('account.upserted.v1'), count('account.changed.v1'), count('account.closed.v1'), told.length]).toEqual([52, 51, 1, 104])

    expect(await follow()).toMatchObject({ outcome: 'unchanged', rows: 0 })
    expect(feed.etag).not.toBeNull()
    const changes = vi.spyOn(sync.options.core!, 'accountChanges')
    expect(await follow()).toMatchObject({ outcome: 'unchanged', rows: 0 })
    expect(changes.mock.calls.map(([since, , known]) => ({ since, known }))).toEqual([{ since: feed.cursor, known: { etag: feed.etag } }])
    expect(await changes.mock.results[0]!.value).toBe('unchanged')
  }, 60_000)

  it.each([
    ['rows that are none', ' @full', 'too-many-rejected', (at: number) => ({ ...rows[at]!, phones: ['none'] })],
    ['a shifted column', ' @full', 'column-misshapen', (at: number) => ({ ...rows[at]!, address: { ...rows[at]!.address, postalCode: 'CA' } })],
    ['closings without end', '', 'too-many-missing', () => null],
  ])('refuses a page of %s: the cursor stays, and nothing of it is in the log%s', async (_what, _mark, code, rowAt) => {
    const { core, sync, feed, follow } = await loaded()
    const { cursor } = feed
    core.history.append(rows.slice(0, 20).map(({ accountNumber }, at) => ({ accountNumber, row: rowAt(at) })))
    const refused = await follow()
    expect(refused).toMatchObject({ outcome: 'refused', cursor, loaded: 0, closed: 0 })
    expect(refused.reasons.map((reason) => reason.code)).toEqual([code])
    expect(feed.cursor).toBe(cursor)
    expect((await sync.accountEvents()).length).toBe(ACCOUNTS)
  }, 60_000)

  it('counts closings over its pages and over a day @full', async () => {
    const { core, feed, follow } = await loaded({ rowsPerPage: 3 }, 300)
    core.history.append(rows.slice(0, 12).map(({ accountNumber }) => ({ accountNumber, row: null })))
    const first = await follow()
    expect(first).toMatchObject({ outcome: 'refused', closed: 3, reasons: [{ code: 'too-many-missing', detail: { missing: 6, known: 297 } }] })
    expect(await follow()).toMatchObject({ outcome: 'refused', closed: 0 })
    feed.closings = feed.closings.map((each) => ({ ...each, atMs: each.atMs - 86_400_000 }))
    expect(await follow()).toMatchObject({ closed: 3 })
  }, 60_000)

  it('says what it changes before it does, of accounts that were known', async () => {
    const { core, sync, follow } = await loaded()
    const row = rows[3]!
    const { accountNumber } = row
    const tell = async (told: typeof row | null) => {
      core.history.append([{ accountNumber, row: told }])
      await follow()
    }
    await tell({ ...row, phones: ['+15555550177'], address: { ...row.address, line1: '9 Other Street' } })
    await tell(null)
    await tell(row)
    core.history.append([{ accountNumber: rows[ACCOUNTS]!.accountNumber, row: rows[ACCOUNTS]! }])
    await follow()
    const told = (await eventsOf(sync.log, 'accounts')).slice(ACCOUNTS).map(({ type, data }) => (type === 'account.changed.v1' ? data : type))
    expect(told).toEqual([
      { accountNumber, fields: ['phones', 'address.line1'], reopened: false }, 'account.upserted.v1', 'account.closed.v1',
      { accountNumber, fields: [], reopened: true }, 'account.upserted.v1', 'account.upserted.v1',
    ])
  }, 60_000)

  it('leaves an account open that was opened again in a row which cannot be read', async () => {
    const { core, sync, follow } = await loaded()
    const { accountNumber } = rows[0]!
    core.history.append([{ accountNumber, row: null }, { accountNumber, row: { ...rows[0]!, phones: ['none'] } }])
    expect(await follow()).toMatchObject({ outcome: 'applied', rows: 2, closed: 0, rejected: 1, unchanged: 1 })
    expect((await sync.accountEvents()).length).toBe(ACCOUNTS)
  }, 60_000)

  it('is failed while the core system is away, and asks for a full load when its cursor is gone', async () => {
    const { core, feed, follow } = await loaded()
    core.troubles.mode = { mode: 'dead' }
    expect(await follow()).toMatchObject({ outcome: 'failed', cursor: feed.cursor, reasons: [{ code: 'core-unavailable' }] })
    core.troubles.mode = { mode: 'up' }
    core.history.append([{ accountNumber: rows[0]!.accountNumber, row: { ...rows[0]!, name: 'Missed' } }])
    core.history.forget()
    expect(await follow()).toMatchObject({ outcome: 'failed', reasons: [{ code: 'cursor-gone' }] })
  }, 60_000)

  it('appends nothing after it lost its ownership', async () => {
    const { core, sync, follow } = await loaded()
    core.history.append(rows.slice(0, 5).map((row) => ({ accountNumber: row.accountNumber, row: { ...row, name: 'Late' } })))
    const ownership = new AbortController()
    vi.spyOn(sync.index, 'catchUp').mockImplementationOnce(() => {
      ownership.abort(new Error('lost'))
      return Promise.resolve()
    })
    await expect(follow(ownership.signal)).rejects.toThrow('lost')
    expect((await sync.accountEvents()).length).toBe(ACCOUNTS)
  }, 60_000)
})

describe('runs of sync @sync', () => {
  it('make a full load when the feed says that its cursor is gone, and go on from there @full', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core, { changesEverySeconds: 5 })
    const seen = async (check: (runs: AccountsSynced[]) => void) => vi.waitFor(async () => check(await sync.runs()), { timeout: 20_000, interval: 20 })
    const first = sync.start()
    await seen((runs) => expect(runs.map(({ kind }) => kind)).toEqual(['full', 'changes']))
    await first.stop()
    core.history.append([{ accountNumber: rows[0]!.accountNumber, row: { ...rows[0]!, name: 'Missed' } }])
    core.history.forget()
    const lateClock = { ...sync.options.clock, nowMs: () => Date.now() + 3_700_000 }
    sync.start({ clock: lateClock })
    await seen((runs) => expect(runs.slice(2).map(({ kind, outcome, loaded }) => `${kind} ${outcome} ${loaded}`)).toEqual(['changes failed 0', 'full applied 1', 'changes unchanged 0']))
  }, 60_000)
})

it('the feed file is believed only with the cursor of the log that it went on from, and by its owner @sync', async () => {
  const { options } = await ownSync(null)
  const file = new FeedFile(options.folder, 'owner')
  expect(file.load('a')).toEqual({ cursor: 'a', closings: [] })
  file.save({ base: 'a', cursor: 'c', closings: [{ atMs: 1, accounts: 2 }] })
  expect(file.load('a')).toEqual({ cursor: 'c', closings: [{ atMs: 1, accounts: 2 }] })
  expect(file.load('b')).toEqual({ cursor: 'b', closings: [{ atMs: 1, accounts: 2 }] })
  expect(new FeedFile(options.folder, 'another').load('a')).toEqual({ cursor: 'a', closings: [] })
})
