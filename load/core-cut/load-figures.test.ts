import { describe, expect, it } from 'vitest'
import { lookUpP99Ratio, routeFigures, slotsOf } from './load-figures.ts'
import { SampleBook, type SampledRoute } from './samples.ts'

type Row = [route: SampledRoute, dueMs: number, endedMs: number, status: number]
function samplesOf(rows: readonly Row[]) {
  const book = new SampleBook()
  for (const [route, dueMs, endedMs, status] of rows) book.add(route, dueMs, dueMs, endedMs, status)
  return book.taken()
}
const span = { fromMs: 1_000, untilMs: 2_000 }
const figuresOf = (rows: readonly Row[], route: SampledRoute) => routeFigures(samplesOf(rows), span, 4_000).find((one) => one.route === route)!

describe('figures of a load @load', () => {
  it('gives each phase its own, and a request that met the cut to the cut', () => {
    const { before, during, after } = figuresOf([
      ['home', 100, 110, 200], ['home', 900, 990, 200],
      ['home', 995, 1_500, 502], ['home', 1_500, 1_510, 200], ['home', 1_999, 2_400, 0],
      ['home', 2_000, 2_030, 200], ['home', 3_999, 4_010, 404],
    ], 'home')
    expect(before).toMatchObject({ requests: 2, errors: 0, rate: 2 })
    expect(before.p99Ms).toBeCloseTo(90, 0)
    expect(during).toMatchObject({ requests: 3, errors: 2, rate: 3 })
    expect(after).toMatchObject({ requests: 2, errors: 1, rate: 1 })
  })

  it('counts latency from when a request was due, of answers without an error alone', () => {
    const rows: Row[] = Array.from({ length: 999 }, (_, index): Row => ['outage-status', index / 2, index / 2 + 20, 200])
    const { before } = figuresOf([...rows, ['outage-status', 1, 801, 200], ['outage-status', 2, 2.1, 503], ['outage-status', -5, 900, 200]], 'outage-status')
    expect(before.requests).toBe(1_001)
    expect(before.p50Ms).toBeCloseTo(20, 0)
    expect(before.p999Ms).toBeCloseTo(20, 0)
    expect(figuresOf([...rows, ['outage-status', 1, 801, 200], ['outage-status', 2, 802, 200]], 'outage-status').before.p999Ms).toBeCloseTo(800, 0)
  })

  it('says none where there was none', () => {
    expect(figuresOf([['report', 100, 110, 503]], 'report').before).toEqual({ requests: 1, errors: 1, rate: 1, p50Ms: null, p99Ms: null, p999Ms: null })
  })

  it('compares the worst look-up, and knows nothing of one that never worked', () => {
    const rows: Row[] = [['guest-look-up', 0, 150, 200], ['guest-look-up', 1_100, 1_400, 200], ['account-look-up', 0, 10, 200], ['account-look-up', 1_100, 1_115, 200], ['home', 1_200, 1_900, 200]]
    expect(lookUpP99Ratio(routeFigures(samplesOf(rows), span, 4_000))).toBeCloseTo(2, 1)
    expect(lookUpP99Ratio(routeFigures(samplesOf([...rows.slice(0, 3), ['account-look-up', 1_100, 1_101, 503]]), span, 4_000))).toBeNull()
    expect(lookUpP99Ratio([])).toBeNull()
  })

  it('lays the run into slots by when requests were due', () => {
    const slots = slotsOf(samplesOf([['home', 100, 120, 200], ['report', 1_100, 3_500, 201], ['report-again', 1_300, 1_310, 503], ['home', 4_500, 4_600, 200]]), 4_000)
    expect(slots.map(({ fromSeconds, rate, errorRate }) => [fromSeconds, rate, errorRate])).toEqual([[0, 1, 0], [1, 2, 1], [2, 0, 0], [3, 0, 0]])
    expect(slots[1]!.latencies.reports.p99Ms).toBeGreaterThan(2_300)
    expect(slots[1]!.latencies.pages.p99Ms).toBeNull()
  })

  it('keeps as many samples as come', () => {
    const book = new SampleBook()
    for (let index = 0; index < 70_000; index++) book.add('home', index, index, index + 1, 200)
    const { count, dueMs, statuses } = book.taken()
    expect([count, dueMs.length, dueMs.at(-1), statuses.at(-1)]).toEqual([70_000, 70_000, 69_999, 200])
  })
})
