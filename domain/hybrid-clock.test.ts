import { describe, expect, test } from 'vitest'
import { systemClock, type Clock } from './clock.ts'
import { ClockSkewError, formatHlc, HybridClock, MAX_SKEW_MS, parseHlc } from './hybrid-clock.ts'

const START_MS = Date.UTC(2026, 0, 31)

function handClock(): Clock & { ms: number } {
  const clock = { ...systemClock, ms: START_MS, nowMs: () => clock.ms }
  return clock
}

describe('issuing', () => {
  test('grows whatever the wall clock does', () => {
    const clock = handClock()
    const hybrid = new HybridClock(clock)
    const issued: string[] = []
    for (const moveMs of [0, 0, 5, -3, -40_000, 1, 100_000, 0]) {
      clock.ms += moveMs
      issued.push(hybrid.issue())
    }
    expect(issued).toEqual([...new Set(issued)].sort())
  })

  test('is the wall clock where that moves, with a counter where it does not', () => {
    const clock = handClock()
    const hybrid = new HybridClock(clock)
    expect([hybrid.issue(), hybrid.issue()].map(parseHlc)).toEqual([{ ms: START_MS, counter: 0 }, { ms: START_MS, counter: 1 }])
    clock.ms += 1
    expect(parseHlc(hybrid.issue())).toEqual({ ms: START_MS + 1, counter: 0 })
  })

  test('carries a full counter into the next millisecond', () => {
    const hybrid = new HybridClock(handClock())
    hybrid.seed(formatHlc(START_MS, 0xffff))
    expect(parseHlc(hybrid.issue())).toEqual({ ms: START_MS + 1, counter: 0 })
  })

  test('stops when the wall clock is more than the bound behind, and goes on when it is set', () => {
    const clock = handClock()
    const hybrid = new HybridClock(clock)
    hybrid.seed(formatHlc(START_MS + MAX_SKEW_MS + 1, 0))
    expect(() => hybrid.issue()).toThrow(ClockSkewError)
    clock.ms += 1
    expect(hybrid.issue()).toBe(formatHlc(START_MS + MAX_SKEW_MS + 1, 1))
  })
})

describe('observing', () => {
  test('makes the next value later than the seen one, and an older one changes nothing', () => {
    const hybrid = new HybridClock(handClock())
    hybrid.observe(formatHlc(START_MS + 500, 7))
    hybrid.observe(formatHlc(START_MS + 500, 3))
    hybrid.observe(formatHlc(START_MS, 9))
    expect(parseHlc(hybrid.issue())).toEqual({ ms: START_MS + 500, counter: 8 })
  })

  test('clamps a value from the far future, raises the alarm, and still issues', () => {
    const alarms: number[] = []
    const hybrid = new HybridClock(handClock(), (aheadMs) => alarms.push(aheadMs))
    hybrid.observe(formatHlc(START_MS + MAX_SKEW_MS, 0))
    expect(alarms).toEqual([])
    hybrid.observe(formatHlc(START_MS + 3_600_000, 0))
    expect(alarms).toEqual([3_600_000])
    expect(parseHlc(hybrid.issue()).ms).toBe(START_MS + MAX_SKEW_MS)
  })
})

describe('values', () => {
  test('order as text as they order in time', () => {
    const inOrder = [formatHlc(0, 0), formatHlc(0, 0xffff), formatHlc(1, 0), formatHlc(START_MS, 10), formatHlc(START_MS, 11), formatHlc(2 ** 48 - 1, 0)]
    expect([...inOrder].sort()).toEqual(inOrder)
    for (const hlc of inOrder) expect(hlc).toMatch(/^[0-9a-f]{16}$/)
  })

  test('come back from their text; other text is refused', () => {
    expect(parseHlc(formatHlc(START_MS, 513))).toEqual({ ms: START_MS, counter: 513 })
    for (const text of ['', '01', 'g'.repeat(16), '0'.repeat(17), 'A'.repeat(16)]) expect(() => parseHlc(text)).toThrow(TypeError)
  })
})
