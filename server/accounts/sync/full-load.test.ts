import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { coreRows, ownCoreSim } from '../../../bin/test-support/own-core-sim.ts'
import { ownSync, questionsTo, type OwnSync } from '../../../bin/test-support/own-sync.ts'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import type { AccountsSynced } from '../../../domain/operations.ts'
import { sampleAccount, sampleNewEvent } from '../../../processes/projector/sample-events.ts'
import type { CoreAccount } from '../../core-system/core-account.ts'
import { requestFullLoad } from './request-full-load.ts'

const ACCOUNTS = 100
const changed = (row: CoreAccount, name: string) => ({ accountNumber: row.accountNumber, row: { ...row, name } })

async function runsOf(sync: OwnSync, count: number): Promise<AccountsSynced[]> {
  return vi.waitFor(async () => {
    const runs = (await sync.runs()).filter(({ kind }) => kind === 'full')
    expect(runs.length).toBeGreaterThanOrEqual(count)
    return runs
  }, { timeout: 20_000, interval: 20 })
}

/** The run that is asked for, when it has ended. */
async function request(sync: OwnSync, acceptDifference = false): Promise<AccountsSynced> {
  const runId = await requestFullLoad({ log: sync.log, clock: systemClock, random: systemRandom, by: 'test', acceptDifference })
  return vi.waitFor(async () => {
    const run = (await sync.runs()).find((one) => one.runId === runId)
    expect(run).toBeDefined()
    return run!
  }, { timeout: 20_000, interval: 20 })
}

describe('a full load @sync', () => {
  it('is begun at once when there never was one, then applies only what differs, closes what is gone, and fetches nothing when nothing is new', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core, { mostMissing: 0.05 })
    const asked = questionsTo(core)
    sync.start()
    const [first] = await runsOf(sync, 1)
    expect(first).toMatchObject({ kind: 'full', outcome: 'applied', rows: ACCOUNTS, loaded: ACCOUNTS, unchanged: 0, closed: 0, rejected: 0, reasons: [] })
    expect(Date.parse(first!.nextRunAt!)).toBeGreaterThan(Date.now())
    expect(new Set(await sync.accountEvents()).size).toBe(ACCOUNTS)

    asked.length = 0
    expect(await request(sync)).toMatchObject({ outcome: 'unchanged', rows: 0 })
    expect(asked.filter((path) => path.includes('/accounts?'))).toEqual([])

    const rows = coreRows(ACCOUNTS)
    core.history.append([changed(rows[3]!, 'Another Name'), ...[5, 6, 7].map((at) => ({ accountNumber: rows[at]!.accountNumber, row: null }))])
    expect(await request(sync)).toMatchObject({ outcome: 'applied', rows: ACCOUNTS - 3, loaded: 1, unchanged: ACCOUNTS - 4, closed: 3 })
    const events = await sync.accountEvents()
    expect(events.slice(ACCOUNTS).sort()).toEqual([
      `account.changed.v1 ${rows[3]!.accountNumber}`,
      ...[5, 6, 7].map((at) => `account.closed.v1 ${rows[at]!.accountNumber}`),
      `account.upserted.v1 ${rows[3]!.accountNumber}`,
    ])

    core.history.append([{ accountNumber: rows[5]!.accountNumber, row: rows[5]! }])
    expect(await request(sync)).toMatchObject({ outcome: 'applied', loaded: 1, closed: 0 })
    expect((await sync.accountEvents()).length, 'reopened and upserted').toBe(ACCOUNTS + 7)
  }, 60_000)

  it.each([
    ['fewer', ' @full', 'too-many-missing', { missing: expect.any(Number), known: ACCOUNTS }],
    ['digest', ' @full', 'digest-differs', { told: expect.any(String), received: expect.any(String) }],
    ['shifted', '', 'column-changed', { column: 'address.city', changed: expect.any(Number), known: ACCOUNTS }],
  ] as const)('is refused with reasons when it is wrong (%s), and the log stays as it was%s', async (kind, _, code, detail) => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core)
    sync.start()
    await runsOf(sync, 1)
    core.troubles.mode = { mode: 'wrong', kind }
    const refused = await request(sync, kind !== 'fewer')
    expect(refused.outcome).toBe('refused')
    expect(refused.reasons).toContainEqual({ code, detail: expect.objectContaining(detail) })
    expect((await sync.accountEvents()).length).toBe(ACCOUNTS)

    core.troubles.mode = { mode: 'up' }
    core.history.append([changed(coreRows(1)[0]!, 'Right Again')])
    expect(await request(sync)).toMatchObject({ outcome: 'applied', loaded: 1 })
  }, 60_000)

  it('is refused by shape alone when it is the first one', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    core.troubles.mode = { mode: 'wrong', kind: 'shifted' }
    const sync = await ownSync(core)
    sync.start()
    const [first] = await runsOf(sync, 1)
    expect(first!.outcome).toBe('refused')
    expect(first!.reasons.map(({ code }) => code)).toContain('column-misshapen')
    expect(await sync.accountEvents()).toEqual([])
  }, 60_000)

  it('is applied far from what was known when staff accept the difference, without fetching it again', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core)
    sync.start()
    await runsOf(sync, 1)
    core.history.append(coreRows(ACCOUNTS).slice(0, 15).map(({ accountNumber }) => ({ accountNumber, row: null })))
    const refused = await request(sync)
    expect(refused.reasons).toEqual([{ code: 'too-many-missing', detail: { missing: 15, known: ACCOUNTS, share: 0.15, most: 0.02 } }])
    const asked = questionsTo(core)
    const accepted = await request(sync, true)
    expect(accepted).toMatchObject({ outcome: 'applied', closed: 15, reasons: [{ code: 'difference-accepted' }, { code: 'too-many-missing' }] })
    expect(asked.filter((path) => path.includes('/accounts?'))).toEqual([])
  }, 60_000)

  it('keeps what was known of an account whose row is rejected, and names the row @full', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core)
    sync.start()
    await runsOf(sync, 1)
    const [row] = coreRows(1)
    core.history.append([{ accountNumber: row!.accountNumber, row: { ...row!, phones: ['none'] } }])
    const run = await request(sync)
    expect(run).toMatchObject({ outcome: 'applied', loaded: 0, closed: 0, rejected: 1 })
    expect(run.rejectedRows).toEqual([{ row: ACCOUNTS, account: row!.accountNumber, field: 'phones', rule: 'holds something that is not a phone number' }])
  }, 60_000)

  it('closes nothing while rows of it, or of what changed since, do not say which account they are about', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core, { mostMissing: 0.05 })
    sync.start()
    // The feed follows a first load at once, and then rests.
    await vi.waitFor(async () => expect((await sync.runs()).map(({ kind }) => kind)).toContain('changes'), { timeout: 20_000, interval: 20 })
    const rows = coreRows(ACCOUNTS)
    const nameless = { accountNumber: rows[0]!.accountNumber, row: { ...rows[0]!, accountNumber: '' } }
    core.history.append([nameless, { accountNumber: rows[1]!.accountNumber, row: null }, changed(rows[2]!, 'Newer')])
    expect(await request(sync)).toMatchObject({
      outcome: 'applied', loaded: 1, closed: 0, rejected: 1,
      rejectedRows: [{ account: null, field: 'accountNumber' }], reasons: [{ code: 'closings-left', detail: { unreadable: 1, missing: 2 } }],
    })

    core.history.append([changed(rows[0]!, 'Said Again')])
    let pages = 0
    questionsTo(core, (path) => {
      if (path.includes('/accounts?') && ++pages === 5) core.history.append([nameless])
    })
    expect(await request(sync)).toMatchObject({ loaded: 1, closed: 0, rejected: 0, reasons: [{ code: 'closings-left', detail: { unreadable: 1, missing: 1 } }] })

    core.history.append([changed(rows[0]!, 'Said For Good')])
    expect(await request(sync)).toMatchObject({ loaded: 1, closed: 1, reasons: [] })
    expect((await sync.accountEvents()).filter((event) => event.startsWith('account.closed'))).toEqual([`account.closed.v1 ${rows[1]!.accountNumber}`])
  }, 60_000)

  it('is fetched anew when its pages were damaged on their way @full', async () => {
    const sync = await ownSync(await ownCoreSim(ACCOUNTS))
    const core = sync.options.core!
    const snapshotPage = core.snapshotPage.bind(core)
    vi.spyOn(core, 'snapshotPage').mockImplementationOnce(async (...question) => {
      const { rows, next } = await snapshotPage(...question)
      return { rows: [{ ...(rows[0] as CoreAccount), name: 'Damaged' }, ...rows.slice(1)], next }
    })
    sync.start()
    const [first] = await runsOf(sync, 1)
    expect(first).toMatchObject({ outcome: 'refused', reasons: [{ code: 'digest-differs' }] })
    expect(await request(sync)).toMatchObject({ outcome: 'applied', loaded: ACCOUNTS })
  }, 60_000)

  it('that stopped half applied is judged anew by what came since, for another node may have gone on', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core)
    const rows = coreRows(ACCOUNTS + 1)
    const { promise: applied, resolve } = Promise.withResolvers<void>()
    const one = sync.start({
      renewCache: (_accepted, signal) => {
        resolve()
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      },
    })
    await applied
    await one.stop()
    const other = sync.start({ folder: join(temporaryFolder(), 'sync') })
    await runsOf(sync, 1)
    core.history.append([changed(rows[3]!, 'Newer'), { accountNumber: rows[ACCOUNTS]!.accountNumber, row: rows[ACCOUNTS]! }])
    expect(await request(sync)).toMatchObject({ outcome: 'applied' })
    const events = await sync.accountEvents()
    expect(events.length, 'one changed and upserted, one new').toBe(ACCOUNTS + 3)
    await other.stop()

    sync.start()
    expect((await runsOf(sync, 3))[2]).toMatchObject({ outcome: 'applied', loaded: 0, closed: 0 })
    expect(await sync.accountEvents()).toEqual(events)
  }, 60_000)

  it('closes no account that a program brought while it was applied', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core)
    const account = { ...sampleAccount(1), accountNumber: '4999000001' }
    const append = sync.log.append.bind(sync.log)
    vi.spyOn(sync.log, 'append').mockImplementationOnce(async (events) => {
      await append([sampleNewEvent(account)])
      return append(events)
    })
    sync.start()
    const [first] = await runsOf(sync, 1)
    expect(first).toMatchObject({ outcome: 'applied', loaded: ACCOUNTS, closed: 0 })
  }, 60_000)

  it('takes what changed while it was fetched @full', async () => {
    const core = await ownCoreSim(ACCOUNTS)
    const sync = await ownSync(core)
    const rows = coreRows(ACCOUNTS)
    let pages = 0
    questionsTo(core, (path) => {
      if (!path.includes('/accounts?') || ++pages !== 5) return
      core.history.append([changed(rows[0]!, 'Newer'), { accountNumber: rows[1]!.accountNumber, row: null }])
    })
    sync.start()
    const [first] = await runsOf(sync, 1)
    expect(first).toMatchObject({ outcome: 'applied', rows: ACCOUNTS, loaded: ACCOUNTS - 1 })
    const events = await sync.accountEvents()
    expect(events).toHaveLength(ACCOUNTS - 1)
    expect(events).not.toContain(`account.upserted.v1 ${rows[1]!.accountNumber}`)
  }, 60_000)
})
