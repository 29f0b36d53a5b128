import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AccountDigest } from './account-digest.ts'
import { coreAccountSchema, type CoreAccount } from './core-account.ts'
import type { Snapshot } from './core-answers.ts'
import { coreFollowUpSchema, corePaymentSchema, coreReportSchema } from './core-delivery.ts'
import { CoreGoneError, CoreRefusedError } from './core-errors.ts'
import type { CoreCall, CoreChanges, CoreSystem } from './core-system.ts'
import { parseCoreAccount } from './parse-core-account.ts'

/** A core system of the test's own, without accounts at first. */
export interface TestedCore {
  core: CoreSystem
  /** What becomes of accounts, in this order; null closes one. It is told by the next snapshot and by the feed. */
  change(changes: readonly { accountNumber: string; row: CoreAccount | null }[]): Promise<void>
  /** Keeps no longer what is older than now: snapshots and changes. */
  forget(): Promise<void>
  close(): Promise<void>
}

const defaults = { country: 'US', language: 'en' } as const
const call: CoreCall = { signal: new AbortController().signal }
const example = coreAccountSchema.meta()!['example'] as CoreAccount
const rowOf = (number: number, more: Partial<CoreAccount> = {}): CoreAccount => ({ ...example, accountNumber: `4100 ${String(number).padStart(6, '0')}`, ...more })
const upsert = (row: CoreAccount) => ({ accountNumber: row.accountNumber, row })
const rowsTo = (count: number) => Array.from({ length: count }, (_, index) => rowOf(index, { name: index === 3 ? 'Two "Lines",\nof ünï ☂ 2' : example.name, email: index % 2 ? null : example.email! }))
const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(parseCoreAccount(row, defaults))).sort()
const failure = async (promise: Promise<unknown>): Promise<unknown> => promise.then((value) => expect.fail(`resolved with ${JSON.stringify(value)}`), (error: unknown) => error)

/** What sync and delivery rely on, whatever the core system speaks. */
export function describeCoreSystem(name: string, open: () => Promise<TestedCore>): void {
  const test = (title: string, run: (tested: TestedCore) => Promise<void>) =>
    it(title, async () => {
      const tested = await open()
      try {
        await run(tested)
      } finally {
        await tested.close()
      }
    })
  const snapshotOf = async ({ core }: TestedCore): Promise<Snapshot> => (await core.snapshot(null, call)) as Snapshot
  const changesOf = async ({ core }: TestedCore, since: string, limit = 100): Promise<CoreChanges> => (await core.accountChanges(since, limit, null, call)) as CoreChanges

  async function pagesOf({ core }: TestedCore, snapshotId: string, limit: number) {
    const pages: { after: string | null; rows: unknown[] }[] = []
    for (let after: string | null = null, next: string | null = null; ; after = next) {
      const page = await core.snapshotPage(snapshotId, after, limit, call)
      pages.push({ after, rows: page.rows })
      expect(page.rows.length).toBeLessThanOrEqual(limit)
      next = page.next
      if (next === null) return pages
    }
  }

  describe(`${name} as a core system @core`, () => {
    test('tells all accounts page by page, in count and digest as announced, and any page again', async (tested) => {
      const rows = rowsTo(23)
      await tested.change(rows.map(upsert))
      const snapshot = await snapshotOf(tested)
      const pages = await pagesOf(tested, snapshot.snapshotId, 5)
      const told = pages.flatMap((page) => page.rows)
      expect(sorted(told)).toEqual(sorted(rows))
      expect(pages).toHaveLength(5)
      const digest = new AccountDigest()
      for (const row of told) digest.add(row)
      expect(snapshot).toMatchObject({ accounts: 23, digest: digest.toString(), asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string })
      for (const { after, rows } of pages.toReversed()) expect((await tested.core.snapshotPage(snapshot.snapshotId, after, 5, call)).rows).toEqual(rows)
      expect((await pagesOf(tested, snapshot.snapshotId, 23))).toHaveLength(1)
    })

    test('keeps a snapshot as it was while accounts change, and tells nothing twice that is known', async (tested) => {
      const rows = rowsTo(12)
      await tested.change(rows.map(upsert))
      const before = await snapshotOf(tested)
      expect(await tested.core.snapshot(before, call)).toBe('unchanged')
      const [first] = await pagesOf(tested, before.snapshotId, 5)
      await tested.change([upsert(rowOf(2, { name: 'New Name' })), { accountNumber: rows[4]!.accountNumber, row: null }, upsert(rowOf(12))])
      const after = (await tested.core.snapshot(before, call)) as Snapshot
      expect(after.snapshotId).not.toBe(before.snapshotId)
      const kept = await pagesOf(tested, before.snapshotId, 5)
      expect(kept[0]).toEqual(first)
      expect(sorted(kept.flatMap((page) => page.rows))).toEqual(sorted(rows))
      const now = (await pagesOf(tested, after.snapshotId, 5)).flatMap((page) => page.rows)
      expect(sorted(now)).toEqual(sorted([...rows.filter((_, index) => index !== 2 && index !== 4), rowOf(2, { name: 'New Name' }), rowOf(12)]))
    })

    test('tells what changed after a snapshot, oldest first, in pages that can be asked for again, and then nothing', async (tested) => {
      await tested.change(rowsTo(3).map(upsert))
      const { changesFrom } = await snapshotOf(tested)
      expect(await changesOf(tested, changesFrom)).toMatchObject({ changes: [], more: false })
      await tested.change([upsert(rowOf(1, { name: 'First' })), upsert(rowOf(7))])
      await tested.change([{ accountNumber: rowOf(2).accountNumber, row: null }, upsert(rowOf(1, { name: 'Second' }))])
      const told: unknown[] = []
      let since = changesFrom
      for (let more = true; more;) {
        const page = await changesOf(tested, since, 3)
        expect(await changesOf(tested, since, 3)).toEqual(page)
        told.push(...page.changes.map((change) => (change.type === 'closed' ? `closed ${change.accountNumber}` : (change.account as CoreAccount).name)))
        ;({ more, next: since } = page)
      }
      expect(told).toEqual(['First', example.name, `closed ${rowOf(2).accountNumber}`, 'Second'])

      const end = await changesOf(tested, since)
      expect(end).toMatchObject({ changes: [], more: false })
      expect(await tested.core.accountChanges(end.next, 100, end, call)).toBe('unchanged')
      await tested.change([upsert(rowOf(8))])
      expect(await tested.core.accountChanges(end.next, 100, end, call)).toMatchObject({ changes: [{ type: 'upsert' }] })
      expect((await changesOf(tested, (await snapshotOf(tested)).changesFrom)).changes).toEqual([])
    })

    test('says that a snapshot or a cursor is gone', async (tested) => {
      await tested.change(rowsTo(3).map(upsert))
      const old = await snapshotOf(tested)
      await tested.change([upsert(rowOf(5))])
      await tested.change([upsert(rowOf(6))])
      await tested.forget()
      await tested.change([upsert(rowOf(7))])
      expect(await failure(tested.core.snapshotPage(old.snapshotId, null, 5, call))).toBeInstanceOf(CoreGoneError)
      expect(await failure(tested.core.accountChanges(old.changesFrom, 5, null, call))).toBeInstanceOf(CoreGoneError)
      const now = await snapshotOf(tested)
      expect((await pagesOf(tested, now.snapshotId, 100)).flatMap((page) => page.rows)).toHaveLength(6)
    })

    test('tells one account as it is now', async (tested) => {
      await tested.change(rowsTo(5).map(upsert))
      await tested.change([upsert(rowOf(1, { name: 'Moved In' })), { accountNumber: rowOf(2).accountNumber, row: null }])
      const accountOf = async (number: number) => {
        const row = await tested.core.account(rowOf(number).accountNumber, call)
        return row && parseCoreAccount(row, defaults)
      }
      expect(await accountOf(1)).toMatchObject({ account: { personal: { name: 'Moved In' } } })
      expect(await accountOf(0)).toEqual(parseCoreAccount(rowOf(0), defaults))
      expect([await accountOf(2), await accountOf(99)]).toEqual([null, null])
    })

    test('takes each delivery once, many at a time, and no other bytes under its id', async (tested) => {
      const [reportId, followUpId, paymentId] = [randomUUID(), randomUUID(), randomUUID()]
      const bytesOf = (value: object) => Buffer.from(JSON.stringify(value))
      const report = { id: reportId, reportId, kind: 'report', body: bytesOf({ ...(coreReportSchema.meta()!['example'] as object), reportId }) } as const
      const followUp = { id: followUpId, reportId, kind: 'follow-up', body: bytesOf({ ...(coreFollowUpSchema.meta()!['example'] as object), reportId, followUpId }) } as const
      const payment = { ...(corePaymentSchema.meta()!['example'] as object), paymentId } as Parameters<CoreSystem['deliverPayment']>[0]
      const { core } = tested
      for (const deliver of [() => core.deliverReport(report, call), () => core.deliverReport(followUp, call), () => core.deliverPayment(payment, call)]) {
        const receipts = await Promise.all(Array.from({ length: 10 }, deliver))
        expect(new Set(receipts.map(({ reference }) => reference)).size).toBe(1)
        expect(receipts.filter(({ repeated }) => !repeated)).toHaveLength(1)
      }
      const other = { ...report, body: bytesOf({ ...JSON.parse(report.body.toString()), withdrawn: true }) }
      for (const conflict of [() => core.deliverReport(other, call), () => core.deliverPayment({ ...payment, amountCents: 1 }, call)]) {
        const error = await failure(conflict())
        expect(error).toBeInstanceOf(CoreRefusedError)
        expect(error).toMatchObject({ status: 409 })
      }
      expect(await core.deliverReport(report, call)).toMatchObject({ repeated: true })
    })

    test('ends with the caller’s reason, at its deadline, and when it is closed', async (tested) => {
      const reason = new Error('no longer wanted')
      expect(await failure(tested.core.snapshot(null, { signal: AbortSignal.abort(reason) }))).toBe(reason)
      expect(await failure(tested.core.snapshot(null, { ...call, deadlineMs: 0 }))).toMatchObject({ name: 'CoreUnavailableError', kind: 'time-out' })
      await tested.core.reach(call)
      await tested.core.close()
      expect(await failure(tested.core.snapshot(null, call))).toMatchObject({ name: 'CoreUnavailableError', kind: 'closed' })
    })
  })
}
