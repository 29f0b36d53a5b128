import { describe, expect, it } from 'vitest'
import { DeliveryPace } from './delivery-pace.ts'

const random = { bytes: () => new Uint8Array(), fraction: () => 0.5 }
const pace = (changes: Partial<{ perSecond: number; atOnce: number }> = {}) => new DeliveryPace({ perSecond: 100, atOnce: 16, random, ...changes })

/** As many as may begin at a moment, each answered after `tookMs`. @returns how many */
function round(of: DeliveryPace, nowMs: number, tookMs = 5): number {
  const attempts = []
  while (of.waitMs(nowMs) === 0) attempts.push(of.begin(nowMs))
  for (const attempt of attempts) of.answered(attempt, nowMs + tookMs)
  return attempts.length
}

describe('how fast is handed over', () => {
  it('never begins more than its rate, however idle it was', () => {
    const held = pace({ perSecond: 10, atOnce: 1_000 })
    let begun = 0
    for (let nowMs = 60_000; nowMs < 70_000; nowMs++) {
      while (held.waitMs(nowMs) === 0) {
        held.answered(held.begin(nowMs), nowMs)
        begun++
      }
    }
    expect(begun).toBeGreaterThanOrEqual(99)
    expect(begun).toBeLessThanOrEqual(102)
  })

  it('begins slowly, doubles what may be under way, and stays below the most', () => {
    const held = pace({ perSecond: Infinity })
    expect([0, 1, 2, 3, 4, 5].map((step) => round(held, step * 1_000))).toEqual([1, 2, 4, 8, 16, 16])
  })

  it('halves once for a flight that was throttled, waits as it was asked to, and grows by one a round', () => {
    const held = pace({ perSecond: Infinity })
    for (let step = 0; step < 5; step++) round(held, step * 1_000)
    const flight = Array.from({ length: 16 }, () => held.begin(10_000))
    for (const attempt of flight) held.throttled(attempt, 10_001, 3_000)
    expect(held.limit).toBe(8)
    expect(held.waitMs(10_001)).toBeCloseTo(3_000)
    expect(round(held, 14_000)).toBe(8)
    expect([8, 9]).toContain(round(held, 15_000))
  })

  it('takes a slow answer for a sign that it is too much', () => {
    const held = pace({ perSecond: Infinity })
    for (let step = 0; step < 6; step++) round(held, step * 1_000)
    expect(round(held, 10_000, 900)).toBe(16)
    expect(held.limit).toBeLessThan(16)
  })

  it('sends one probe at a time with jitter while it is away, and begins slowly when it is back', () => {
    const held = pace({ perSecond: Infinity })
    for (let step = 0; step < 5; step++) round(held, step * 1_000)
    const flight = Array.from({ length: 16 }, () => held.begin(10_000))
    for (const attempt of flight) held.failed(attempt, 10_001)
    expect(held.isAway).toBe(true)
    const waits = []
    let nowMs = 10_001
    for (let probe = 0; probe < 9; probe++) {
      const waitMs = held.waitMs(nowMs)
      waits.push(Math.round(waitMs))
      nowMs += waitMs
      const attempt = held.begin(nowMs)
      expect(held.waitMs(nowMs)).toBe(Infinity)
      held.failed(attempt, nowMs)
    }
    expect(waits).toEqual([125, 250, 500, 1_000, 2_000, 2_500, 2_500, 2_500, 2_500])
    nowMs += held.waitMs(nowMs)
    expect(held.answered(held.begin(nowMs), nowMs)).toBe(true)
    expect([1, 2, 3].map((step) => round(held, nowMs + step * 1_000))).toEqual([1, 2, 4])
  })

  it('does not call it away for one that fails among others that pass', () => {
    const held = pace({ perSecond: Infinity })
    for (let step = 0; step < 20; step++) {
      held.failed(held.begin(step * 100), step * 100)
      held.answered(held.begin(step * 100), step * 100)
    }
    expect(held.isAway).toBe(false)
  })

  it('waits for all when one was asked to, but not for ever', () => {
    const held = pace()
    held.failed(held.begin(0), 0, 30_000)
    expect(held.waitMs(10)).toBe(29_990)
    held.failed(held.begin(30_000), 30_000, 7 * 24 * 3_600_000)
    expect(held.waitMs(30_000)).toBe(600_000)
  })

  it('takes of rate and limit the share of the partitions that it owns', () => {
    const held = pace({ perSecond: 100, atOnce: 8 })
    held.setShare(0.25)
    let begun = 0
    for (let nowMs = 0; nowMs < 4_000; nowMs++) {
      while (held.waitMs(nowMs) === 0) {
        held.answered(held.begin(nowMs), nowMs)
        begun++
      }
    }
    expect(begun).toBeGreaterThanOrEqual(98)
    expect(begun).toBeLessThanOrEqual(102)
    expect(held.limit).toBe(2)
  })
})
