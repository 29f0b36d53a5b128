import { describe, expect, it } from 'vitest'
import { describeDrill, drillReport } from './drill-report.ts'
import { type LoggedRecord, reckon } from './reckoning.ts'
import type { DrillRun, StruckFault } from './run-drill.ts'

const claims = { id: 'a', reference: 'r', bodyHash: 'h', acceptedAt: '2026-02-03T04:05:06.007Z', region: 'local' }
const log: LoggedRecord[] = [{ partition: 'outages/0', id: 'a', bodyHash: 'h', first: true, kind: 'report', claims }]
const reckoning = reckon({ sent: [{ id: 'a', bodyHash: 'h', received: true }], receipts: [claims], badReceipts: [], log, projections: {} })

const fault = (change: Partial<StruckFault>): StruckFault => ({
  name: 'broker-killed', target: 'broker 2', brokersDown: 1, startedAt: '2026-02-03T04:05:06.007Z',
  quietFromMs: 0, struckMs: 1000, hitMs: 1010, liftingMs: 8000, liftedMs: 12_000, untilMs: 15_000, ...change,
})
const run = (faults: StruckFault[], sends: [startedMs: number, endedMs: number, status: number][]): DrillRun => ({
  attempts: sends.map(([startedMs, endedMs, status]) => ({ id: 'a', startedMs, endedMs, status })),
  receipts: [], phones: [], faults, loadFromMs: 0, loadUntilMs: 15_000,
})

describe('the report of a drill', () => {
  it('says how soon accepting went on with one broker down, at the worst', () => {
    const sends: [number, number, number][] = [[900, 950, 201], [1005, 1200, 0], [1100, 4000, 201], [9000, 9020, 201]]
    const report = drillReport(run([fault({})], sends), reckoning, log, [])
    expect(report).toMatchObject({ ok: true, longestGapMs: 5980, oneBrokerDown: { acceptedWithinMs: 3000, everyPartitionWithinMs: 3000, withinAim: true } })
    expect(report.faults[0]).toMatchObject({ downMs: 7000, backAfterMs: 11_000, acceptedWhileDown: 1, acceptedAfterLiftMs: 1020 })
    const late = drillReport(run([fault({}), fault({ struckMs: 4500 })], sends), reckoning, log, [])
    expect(late.oneBrokerDown).toEqual({ acceptedWithinMs: 4520, everyPartitionWithinMs: 4520, withinAim: true })
    expect(drillReport(run([fault({ struckMs: 2000 })], sends), reckoning, log, []).oneBrokerDown?.withinAim).toBe(false)
  })

  it('takes a fault after which nothing was accepted for the worst of all', () => {
    const report = drillReport(run([fault({})], [[900, 950, 201]]), reckoning, log, [])
    expect(report.oneBrokerDown).toEqual({ acceptedWithinMs: null, everyPartitionWithinMs: null, withinAim: false })
  })

  it('judges by what was lost, doubled or false, and not by times', () => {
    const slow = drillReport(run([fault({})], []), reckoning, log, [])
    expect(slow.ok).toBe(true)
    const lost = reckon({ sent: [{ id: 'a', bodyHash: 'h', received: true }], receipts: [claims], badReceipts: [], log: [], projections: {} })
    expect(drillReport(run([], []), lost, [], [])).toMatchObject({ ok: false, lost: 1, falseReceipts: 1, oneBrokerDown: null })
  })

  it('tells people what was skipped and what is wrong', () => {
    const text = describeDrill({ ...drillReport(run([fault({})], []), reckoning, log, [{ name: 'disk-full', reason: 'no small disk' }]), ok: false, problems: ['Reports lost: 1'] })
    expect(text).toContain('SKIPPED disk-full: no small disk')
    expect(text).toContain('Reports lost: 1')
    expect(text).not.toContain('Nothing lost')
    expect(text).toMatch(/broker-killed +broker 2 +– +–/)
  })
})
