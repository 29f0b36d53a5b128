import { describe, expect, it } from 'vitest'
import type { EventEnvelope, EventType } from '../../domain/event.ts'
import { foldBatch } from './fold-batch.ts'
import { sampleAccount, sampleEvent, sampleMatch, sampleReport } from './sample-events.ts'

describe('foldBatch', () => {
  it('keeps the newest of each account, and the network of superseded ones', () => {
    const moved = sampleAccount(1, { servicePoint: 'SP9', meterNumber: 'M9', personal: { address: { line1: '9 Oak Avenue', city: 'Harbor', postalCode: '95404' } } })
    const batch = foldBatch([sampleEvent(2, moved), sampleEvent(1, sampleAccount(1))])
    expect(batch.accounts.map(({ account }) => account.servicePoint)).toEqual(['SP9'])
    expect(batch.servicePoints.map(({ servicePoint, premiseKey }) => [servicePoint, premiseKey])).toEqual([
      ['SP1', '1 n elm st 95404'],
      ['SP9', '9 oak ave 95404'],
    ])
    expect(batch.meters).toHaveLength(2)
    expect(batch.premises).toHaveLength(2)
  })

  it('keeps the first of two matches of one report', () => {
    const batch = foldBatch([sampleEvent(5, sampleMatch(1, 2)), sampleEvent(4, sampleMatch(1, 3))])
    expect(batch.matches.map(({ match }) => match.servicePoint)).toEqual(['SP3'])
  })

  it('skips and counts a type that it does not know and data that it cannot read', () => {
    const strange: EventEnvelope = { ...sampleEvent(1, sampleReport(1)), type: 'outage.sung.v9' as EventType }
    const inherited: EventEnvelope = { ...sampleEvent(1, sampleReport(1)), type: 'constructor' as EventType }
    const broken = sampleEvent(2, { ...sampleReport(2), scope: 'half' as 'dim' })
    const batch = foldBatch([strange, inherited, broken, sampleEvent(3, sampleReport(3))])
    expect(batch.skipped).toEqual({ unknownType: 2, malformed: 1 })
    expect(batch.reports).toHaveLength(1)
  })

  it('replaces what Postgres cannot store', () => {
    const [record] = foldBatch([sampleEvent(1, sampleReport(1, { personal: { place: { address: 'a\0b' }, medicalEquipment: false, accessNotes: 'half \ud83d emoji \\u0000' } }))]).reports
    expect(record?.report.personal).toMatchObject({ place: { address: 'a\uFFFDb' }, accessNotes: 'half \uFFFD emoji \\u0000' })
  })
})
