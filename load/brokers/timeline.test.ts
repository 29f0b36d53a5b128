import { describe, expect, it } from 'vitest'
import { acceptedWithinMs, type Attempt, figuresOf, longestGapMs, phaseOf } from './timeline.ts'

const sent = (startedMs: number, tookMs: number, status = 201, id = `report-${startedMs}`): Attempt => ({ id, startedMs, endedMs: startedMs + tookMs, status })

describe('the figures of a drill', () => {
  it('measures the longest time without an acceptance, at the edges too', () => {
    const attempts = [sent(100, 10), sent(200, 10), sent(900, 10)]
    expect(longestGapMs(attempts, 0, 1000)).toBe(700)
    expect(longestGapMs(attempts, 0, 5000)).toBe(4090)
    expect(longestGapMs(attempts, 0, 100)).toBe(100)
    expect(longestGapMs([], 0, 1000)).toBe(1000)
  })

  it('takes no refusal and no silence for an acceptance', () => {
    const attempts = [sent(100, 10), sent(300, 10, 503), sent(500, 10, 0), sent(700, 10, 200)]
    expect(longestGapMs(attempts, 100, 720)).toBe(600)
    expect(phaseOf(attempts, 0, 1000)).toEqual({ sends: 4, accepted: 2, p50Ms: 10, p99Ms: 10 })
  })

  it('does not let a report that was sent before the strike prove that accepting goes on', () => {
    const attempts = [sent(90, 50), sent(400, 30), sent(500, 5)]
    expect(acceptedWithinMs(attempts, 100)).toBe(330)
    expect(acceptedWithinMs(attempts, 600)).toBeNull()
  })

  it('tells the phases apart by when a send began', () => {
    const attempts = [sent(10, 1), sent(110, 900), sent(120, 5, 503), sent(250, 2)]
    const figures = figuresOf(attempts, { quietFromMs: 0, struckMs: 100, liftedMs: 200, untilMs: 300 }, () => 'outages/0')
    expect(figures.before).toEqual({ sends: 1, accepted: 1, p50Ms: 1, p99Ms: 1 })
    expect(figures.during).toEqual({ sends: 2, accepted: 1, p50Ms: 900, p99Ms: 900 })
    expect(figures.after).toEqual({ sends: 1, accepted: 1, p50Ms: 2, p99Ms: 2 })
    expect(figures.longestGapMs).toBe(152)
  })

  it('knows the partition that had to wait while the others went on', () => {
    const attempts = [
      ...Array.from({ length: 50 }, (_, index) => sent(index * 100, 5, 201, `a${index}`)),
      sent(500, 10, 201, 'b1'), sent(1100, 2000, 0, 'b2'), sent(4000, 20, 201, 'b3'),
    ]
    const span = { quietFromMs: 0, struckMs: 1000, liftedMs: 3000, untilMs: 5000 }
    const figures = figuresOf(attempts, span, (id) => (id.startsWith('a') ? 'outages/0' : 'outages/1'))
    expect(figures).toMatchObject({ acceptedWithinMs: 5, everyPartitionWithinMs: 3020, longestGapMs: 100, longestPartitionGapMs: 3020 })
    const silent = figuresOf(attempts.filter(({ id }) => id !== 'b3'), span, (id) => (id.startsWith('a') ? 'outages/0' : 'outages/1'))
    expect(silent).toMatchObject({ everyPartitionWithinMs: null, longestPartitionGapMs: 4000 })
  })
})
