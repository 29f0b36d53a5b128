import { describe, expect, it } from 'vitest'
import { type Holdings, type LoggedRecord, type Projected, reckon } from './reckoning.ts'

const IDS = ['a', 'b', 'c']
const claimsOf = (id: string) => ({ id, reference: `ref-${id}`, bodyHash: `body-${id}`, acceptedAt: '2026-02-03T04:05:06.007Z', region: 'local' })
const logged = (id: string, first = true): LoggedRecord => ({ partition: 'outages/1', id, bodyHash: `body-${id}`, first, kind: 'report', claims: claimsOf(id) })
const matched = (id: string, eventId = `match-${id}`, first = true): LoggedRecord => ({ partition: 'outages/1', id: eventId, bodyHash: eventId, first, kind: 'match', reportId: id, accountNumber: '4100' })

function projected(): Projected {
  return {
    reports: IDS.map((id) => ({ id, bodyHash: `body-${id}`, conflicts: 0, accountNumber: id === 'a' ? '4100' : null })),
    lists: { everything: IDS, 'circuits and unmatched': IDS },
  }
}

/** Three reports, all accepted; the first is matched, the second stands twice in the log, as after an answer that was lost. */
function sound(): Holdings {
  return {
    sent: IDS.map((id) => ({ id, bodyHash: `body-${id}`, received: true })),
    receipts: [...IDS, 'b'].map(claimsOf),
    badReceipts: [],
    log: [...IDS.map((id) => logged(id)), logged('b', false), matched('a')],
    projections: { Postgres: projected(), Redis: projected() },
  }
}

const STORES = ['Postgres', 'Redis'] as const
const within = (store: (typeof STORES)[number], change: (held: Projected) => Projected): Holdings => {
  const holdings = sound()
  return { ...holdings, projections: { ...holdings.projections, [store]: change(projected()) } }
}

describe('the reckoning of a drill', () => {
  it('finds nothing wrong when every promise was kept, and tells copies from doubles', () => {
    expect(reckon(sound())).toEqual({ sent: 3, accepted: 3, inLog: 3, matched: 1, copiesInLog: 1, lost: 0, doubled: 0, falseReceipts: 0, neverAccepted: 0, faults: [] })
  })

  it('counts an accepted report that the log does not have as lost, and its receipt as false', () => {
    const holdings = sound()
    const result = reckon({ ...holdings, log: holdings.log.filter(({ id }) => id !== 'c') })
    expect(result).toMatchObject({ inLog: 2, lost: 1, falseReceipts: 1, doubled: 0 })
    expect(result.faults).toHaveLength(2)
  })

  it('counts a report whose place another body took as lost, and its receipt as false', () => {
    const holdings = sound()
    const other: LoggedRecord = { ...logged('c'), bodyHash: 'other', kind: 'report', claims: { ...claimsOf('c'), bodyHash: 'other' } }
    expect(reckon({ ...holdings, log: [other, { ...logged('c'), first: false }, ...holdings.log.filter(({ id }) => id !== 'c')] })).toMatchObject({ inLog: 2, lost: 1, falseReceipts: 1 })
  })

  it.each(['acceptedAt', 'reference', 'region', 'bodyHash'] as const)('calls a receipt false whose %s is not the first record’s', (claim) => {
    const holdings = sound()
    const result = reckon({ ...holdings, receipts: [...holdings.receipts, { ...claimsOf('b'), [claim]: 'of the copy' }] })
    expect(result).toMatchObject({ lost: 0, falseReceipts: 1 })
    expect(result.faults).toEqual(['Receipts that are not true of the first record of their id: 1, such as b'])
  })

  it('calls a receipt false that does not verify, also when its report stands', () => {
    expect(reckon({ ...sound(), badReceipts: ['b'] })).toMatchObject({ falseReceipts: 1, faults: ['Receipts that do not verify: 1, such as b'] })
  })

  it('names a report that never got through, and does not call it lost', () => {
    const holdings = sound()
    const sent = holdings.sent.map((report) => (report.id === 'c' ? { ...report, received: false } : report))
    expect(reckon({ ...holdings, sent })).toMatchObject({ accepted: 2, lost: 0, neverAccepted: 1, faults: ['Reports that never got through: 1, such as c'] })
  })

  it.each(STORES)('counts an accepted report that is not in %s, or there with another body, as lost', (store) => {
    const missing = within(store, ({ reports }) => ({ reports: reports.filter(({ id }) => id !== 'b'), lists: { everything: ['a', 'c'] } }))
    expect(reckon(missing)).toMatchObject({ lost: 1, inLog: 3 })
    const changed = within(store, ({ reports, lists }) => ({ lists, reports: reports.map((report) => (report.id === 'b' ? { ...report, bodyHash: 'other' } : report)) }))
    expect(reckon(changed)).toMatchObject({ lost: 1 })
  })

  it.each(STORES)('counts a report that %s holds twice, in two lists, or as a conflict with its own copy as doubled', (store) => {
    const twice = within(store, ({ reports, lists }) => ({ lists, reports: [...reports, reports[1]!] }))
    const listed = within(store, ({ reports, lists }) => ({ reports, lists: { ...lists, 'circuits and unmatched': [...IDS, 'a'] } }))
    const conflicting = within(store, ({ reports, lists }) => ({ lists, reports: reports.map((report) => (report.id === 'b' ? { ...report, conflicts: 1 } : report)) }))
    for (const holdings of [twice, listed, conflicting]) {
      const result = reckon(holdings)
      expect(result).toMatchObject({ lost: 0, doubled: 1 })
      expect(result.faults).toHaveLength(1)
    }
  })

  it('counts a report that was matched twice as doubled, but not a copy of one match', () => {
    const holdings = sound()
    expect(reckon({ ...holdings, log: [...holdings.log, matched('a', 'match-a', false)] })).toMatchObject({ doubled: 0, copiesInLog: 2, faults: [] })
    expect(reckon({ ...holdings, log: [...holdings.log, matched('a', 'another')] })).toMatchObject({ doubled: 1 })
  })

  it('names a report that is missing in a list, and one that is only in a list', () => {
    const missing = within('Redis', ({ reports }) => ({ reports, lists: { everything: ['a', 'b'] } }))
    expect(reckon(missing).faults).toEqual(['Reports in Redis that are missing among its everything: 1, such as c'])
    const stray = within('Redis', ({ reports }) => ({ reports, lists: { everything: [...IDS, 'z'] } }))
    expect(reckon(stray).faults).toEqual(['Reports among everything of Redis that it does not have: 1, such as z'])
  })

  it('names a match that a projection has otherwise than the log', () => {
    const otherwise = within('Postgres', ({ reports, lists }) => ({ lists, reports: reports.map((report) => ({ ...report, accountNumber: null })) }))
    expect(reckon(otherwise).faults).toEqual(['Reports that Postgres matches otherwise than the log: 1, such as a'])
  })

  it('names records that are called first against their order, and bodies that nobody sent', () => {
    const holdings = sound()
    const swapped = holdings.log.map((record) => (record.id === 'b' ? { ...record, first: !record.first } : record))
    expect(reckon({ ...holdings, log: swapped }).faults).toHaveLength(1)
    expect(reckon({ ...holdings, log: [...holdings.log, { ...logged('b', false), bodyHash: 'other' }] }).faults).toHaveLength(1)
    expect(reckon({ ...holdings, log: [...holdings.log, logged('z')] }).faults).toEqual(['Reports in the log that no phone sent: 1, such as z'])
  })
})
