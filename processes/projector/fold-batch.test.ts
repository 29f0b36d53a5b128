import { describe, expect, it } from 'vitest'
import type { EventEnvelope, EventType } from '../../domain/event.ts'
import { foldBatch, type FoldedBatch } from './fold-batch.ts'
import { sampleAccount, sampleClosing, sampleEvent, sampleHash, sampleMatch, sampleRecords, sampleReport } from './sample-events.ts'

const accountsIn = ({ accounts }: FoldedBatch) => accounts.flatMap((record) => ('account' in record ? [record.account] : []))

describe('foldBatch', () => {
  it('keeps that an account is closed when that is its newest word, and its network either way', () => {
    const [upsert, closing, again] = [sampleEvent(1, sampleAccount(1)), sampleEvent(2, sampleClosing(1)), sampleEvent(3, sampleAccount(1, { circuit: 'C9' }))]
    const batch = foldBatch(sampleRecords([closing, upsert]))
    expect(batch.accounts).toMatchObject([{ accountKey: '4100000001', closed: true }])
    expect(batch.meters).toHaveLength(1)
    expect(accountsIn(foldBatch(sampleRecords([again, closing, upsert]))).map(({ circuit }) => circuit)).toEqual(['C9'])
  })

  it('keeps the newest of each account, and the network of superseded ones', () => {
    const moved = sampleAccount(1, { servicePoint: 'SP9', meterNumber: 'M9', personal: { address: { line1: '9 Oak Avenue', city: 'Harbor', postalCode: '95404' } } })
    const batch = foldBatch(sampleRecords([sampleEvent(2, moved), sampleEvent(1, sampleAccount(1))]))
    expect(accountsIn(batch).map(({ servicePoint }) => servicePoint)).toEqual(['SP9'])
    expect(batch.servicePoints.map(({ servicePoint, premiseKey }) => [servicePoint, premiseKey])).toEqual([
      ['SP1', '1 n elm st 95404'],
      ['SP9', '9 oak ave 95404'],
    ])
    expect(batch.meters).toHaveLength(2)
    expect(batch.premises).toHaveLength(2)
  })

  it('takes the record that the log calls first, whatever the clocks say: of a match, an account and a report', () => {
    const [match, otherMatch] = [sampleEvent(5, sampleMatch(1, 2)), sampleEvent(4, sampleMatch(1, 3))]
    const account = sampleEvent(1, sampleAccount(1))
    const otherBody = { ...sampleEvent(9, sampleAccount(1, { personal: { name: 'Another body' } })), id: account.id }
    const [report, otherReport] = [sampleEvent(3, sampleReport(1)), sampleEvent(2, sampleReport(1, { bodyHash: sampleHash('other') }))]
    for (const order of [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]]) {
      const records = sampleRecords([match, otherMatch, account, otherBody, report, otherReport])
      const batch = foldBatch(order.map((place) => records[place]!))
      expect(batch.matches.map((held) => held.match.servicePoint)).toEqual(['SP2'])
      expect(accountsIn(batch).map(({ personal }) => personal.name)).toEqual(['Customer 1'])
      expect(batch.reports.filter(({ first }) => first).map((held) => held.report.bodyHash)).toEqual([sampleHash('body 1')])
      expect(batch.reports).toHaveLength(2)
    }
  })

  it('skips and counts a type that it does not know and data that it cannot read', () => {
    const strange: EventEnvelope = { ...sampleEvent(1, sampleReport(1)), type: 'outage.sung.v9' as EventType }
    const inherited: EventEnvelope = { ...sampleEvent(1, sampleReport(1)), type: 'constructor' as EventType }
    const broken = sampleEvent(2, { ...sampleReport(2), scope: 'half' as 'dim' })
    const batch = foldBatch(sampleRecords([strange, inherited, broken, sampleEvent(3, sampleReport(3))]))
    expect(batch.skipped).toEqual({ unknownType: 2, malformed: 1 })
    expect(batch.reports).toHaveLength(1)
  })

  it('reads past fields that a later version added, at the top and within', () => {
    const report = sampleReport(1)
    const later = { ...report, mood: 'calm', delivery: { attempt: 1, via: 'mesh' } }
    const batch = foldBatch(sampleRecords([sampleEvent(1, later)]))
    expect(batch).toMatchObject({ skipped: { malformed: 0 }, reports: [{ report }] })
    expect(batch.reports[0]!.report).not.toHaveProperty('mood')
  })

  it('replaces what Postgres cannot store', () => {
    const [record] = foldBatch(
      sampleRecords([sampleEvent(1, sampleReport(1, { personal: { place: { address: 'a\0b' }, medicalEquipment: false, accessNotes: 'half \ud83d emoji \\u0000' } }))]),
    ).reports
    expect(record?.report.personal).toMatchObject({ place: { address: 'a\uFFFDb' }, accessNotes: 'half \uFFFD emoji \\u0000' })
  })
})
