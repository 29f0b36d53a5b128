import { describe, expect, test } from 'vitest'
import { askCore, controlCore, coreRows, ownCoreSim, toldByCore } from '../../bin/test-support/own-core-sim.ts'
import { AccountDigest } from '../../server/core-system/account-digest.ts'
import type { CoreAccount } from '../../server/core-system/core-account.ts'
import type { CoreSim } from './start-core-sim.ts'

interface Manifest { snapshotId: string; accounts: number; digest: string; changesFrom: string }
interface Changes { changes: { type: string; account?: CoreAccount; accountNumber?: string }[]; next: string; more: boolean }

async function rowsOf(core: CoreSim, snapshotId: string, limit = 7): Promise<CoreAccount[]> {
  const rows: CoreAccount[] = []
  for (let after: string | null = ''; after !== null;) {
    const page: { rows: CoreAccount[]; next: string | null } = await toldByCore(core, `/account-snapshot/${snapshotId}/accounts?limit=${limit}${after && `&after=${after}`}`)
    expect(page.rows.length).toBeLessThanOrEqual(limit)
    rows.push(...page.rows)
    after = page.next
  }
  return rows
}

function digestOf(rows: readonly CoreAccount[]): string {
  return rows.reduce((digest, row) => digest.add(row), new AccountDigest()).toString()
}

function withPhone(row: CoreAccount, phone: string): { accountNumber: string; row: CoreAccount } {
  return { accountNumber: row.accountNumber, row: { ...row, phones: [phone] } }
}

describe('accounts of the stand-in @core', () => {
  test('a snapshot stays the same, page by page, while accounts change, come and go', async () => {
    const core = await ownCoreSim(20)
    const rows = coreRows(21)
    const before = await toldByCore<Manifest>(core, '/account-snapshot')
    expect(before).toMatchObject({ accounts: 20, digest: digestOf(rows.slice(0, 20)) })
    const firstPage = await toldByCore<{ next: string }>(core, `/account-snapshot/${before.snapshotId}/accounts?limit=5`)

    core.history.append([withPhone(rows[10]!, '+17075550999'), { accountNumber: rows[12]!.accountNumber, row: null }, { accountNumber: rows[20]!.accountNumber, row: rows[20]! }])
    const rest = await rowsOf(core, before.snapshotId)
    expect(rest).toEqual(rows.slice(0, 20))
    expect((await toldByCore<{ rows: CoreAccount[] }>(core, `/account-snapshot/${before.snapshotId}/accounts?limit=5&after=${firstPage.next}`)).rows).toEqual(rows.slice(5, 10))

    const after = await toldByCore<Manifest>(core, '/account-snapshot')
    const now = await rowsOf(core, after.snapshotId)
    expect(now.map(({ accountNumber }) => accountNumber).toSorted()).toEqual(rows.filter((_, index) => index !== 12).map(({ accountNumber }) => accountNumber).toSorted())
    expect(after).toMatchObject({ accounts: 20, digest: digestOf(now) })
  })

  test('the feed tells what came after a snapshot, once, in pages, and then that nothing is new', async () => {
    const core = await ownCoreSim(5)
    const rows = coreRows(6)
    const { changesFrom } = await toldByCore<Manifest>(core, '/account-snapshot')
    expect(await toldByCore<Changes>(core, `/account-changes?since=${changesFrom}`)).toEqual({ changes: [], next: changesFrom, more: false })
    core.history.append([withPhone(rows[1]!, '+17075550999'), { accountNumber: rows[2]!.accountNumber, row: null }, { accountNumber: rows[5]!.accountNumber, row: rows[5]! }])
    expect(core.history.append([withPhone(rows[1]!, '+17075550999')]), 'what changes nothing').toBe(0)

    const first = await toldByCore<Changes>(core, `/account-changes?since=${changesFrom}&limit=2`)
    expect(first).toMatchObject({ changes: [{ type: 'upsert', account: { phones: ['+17075550999'] } }, { type: 'closed', accountNumber: rows[2]!.accountNumber }], more: true })
    const second = await askCore(core, `/account-changes?since=${first.next}&limit=2`)
    const { changes, next, more } = (await second.json()) as Changes
    expect({ changes, more }).toEqual({ changes: [{ type: 'upsert', account: rows[5] }], more: false })

    const end = await askCore(core, `/account-changes?since=${next}`)
    const again = (etag: string | null) => askCore(core, `/account-changes?since=${next}`, { headers: { 'if-none-match': etag ?? '' } })
    expect((await again(end.headers.get('etag'))).status).toBe(304)
    core.history.append([withPhone(rows[0]!, '+17075550998')])
    expect((await again(end.headers.get('etag'))).status).toBe(200)
  })

  test('one account, by its tag when it is known; none that is closed or was never there', async () => {
    const core = await ownCoreSim(2)
    const [row, other] = coreRows(2)
    const answer = await askCore(core, `/accounts/${row!.accountNumber}`)
    expect(await answer.json()).toEqual(row)
    const etag = answer.headers.get('etag') ?? ''
    expect((await askCore(core, `/accounts/${row!.accountNumber}`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    core.history.append([{ accountNumber: other!.accountNumber, row: null }])
    for (const number of [other!.accountNumber, '1']) expect((await askCore(core, `/accounts/${number}`)).status).toBe(404)
    const snapshot = await askCore(core, '/account-snapshot')
    expect((await askCore(core, '/account-snapshot', { headers: { 'if-none-match': snapshot.headers.get('etag') ?? '' } })).status).toBe(304)
  })

  test('what is no longer kept is gone: old snapshots, old cursors, those of another store', async () => {
    const core = await ownCoreSim(3)
    const { snapshotId, changesFrom } = await toldByCore<Manifest>(core, '/account-snapshot')
    core.history.append([withPhone(coreRows(1)[0]!, '+17075550999')])
    await askCore(core, '/../../control/forget', { method: 'POST' })
    const elsewhere = await ownCoreSim(3)
    for (const asked of [core, elsewhere]) {
      expect((await askCore(asked, `/account-snapshot/${snapshotId}/accounts`)).status).toBe(410)
      expect((await askCore(asked, `/account-changes?since=${changesFrom}`)).status).toBe(410)
    }
    expect(await rowsOf(core, (await toldByCore<Manifest>(core, '/account-snapshot')).snapshotId)).toHaveLength(3)
  })

  test('every answer says that this is a stand-in, and none comes without the token', async () => {
    const core = await ownCoreSim(1)
    for (const [authorization, path, status] of [
      ['Bearer wrong', '/account-snapshot', 401], ['', '/account-snapshot', 401], ['', '/../../control', 401], ['', '/../../elsewhere', 404],
    ] as const) {
      const answer = await askCore(core, path, { headers: { authorization } })
      expect([answer.status, answer.headers.get('x-core-sim')], `${authorization} ${path}`).toEqual([status, '1'])
    }
  })
})

describe('accounts told wrongly @core', () => {
  test.each(['shifted', 'fewer'] as const)('%s: rows and manifest agree, and stay so when the stand-in is right again', async (kind) => {
    const core = await ownCoreSim(20)
    const right = await toldByCore<Manifest>(core, '/account-snapshot')
    await controlCore(core, { mode: 'wrong', kind })
    const wrong = await toldByCore<Manifest>(core, '/account-snapshot')
    expect(wrong.snapshotId).not.toBe(right.snapshotId)
    await controlCore(core, { mode: 'up' })
    const rows = await rowsOf(core, wrong.snapshotId)
    expect(wrong).toMatchObject({ accounts: kind === 'fewer' ? 18 : 20, digest: digestOf(rows) })
    expect(rows).toHaveLength(wrong.accounts)
    expect(digestOf(rows)).not.toBe(right.digest)
    if (kind === 'shifted') expect(rows.map(({ address }) => address.line1)).toEqual(coreRows(20).map(({ address }) => address.city))
    expect(digestOf(await rowsOf(core, right.snapshotId))).toBe(right.digest)
  })

  test('digest: the rows are right, what is said of them is not', async () => {
    const core = await ownCoreSim(4)
    await controlCore(core, { mode: 'wrong', kind: 'digest' })
    const wrong = await toldByCore<Manifest>(core, '/account-snapshot')
    expect(wrong.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(digestOf(await rowsOf(core, wrong.snapshotId))).not.toBe(wrong.digest)
  })
})
