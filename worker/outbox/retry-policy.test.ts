import { describe, expect, test } from 'vitest'
import { comeBackDelayMs, LONGEST_RETRY_MS, retryDelayMs } from './retry-policy.ts'

const nothingAsked = { retryAfterMs: null, slot: null }
const askedFor = (retryAfterMs: number) => ({ retryAfterMs, slot: null })
const slotIn = (afterMs: number) => ({ retryAfterMs: 60_000, slot: { ticket: 't', afterMs } })
const HOUR_MS = 3_600_000

describe('the wait before the next attempt @outbox', () => {
  test('doubles its bound up to five minutes, and half a minute with a hazard', () => {
    const failures = [1, 2, 3, 30, 5_000]
    expect(failures.map((count) => retryDelayMs(count, false, nothingAsked, 1))).toEqual([4_000, 8_000, 16_000, 300_000, 300_000])
    expect(failures.map((count) => retryDelayMs(count, true, nothingAsked, 1))).toEqual([4_000, 8_000, 16_000, 30_000, 30_000])
  })

  test('is spread over the whole bound', () => {
    expect(retryDelayMs(3, false, nothingAsked, 0)).toBe(0)
    expect(retryDelayMs(3, false, nothingAsked, 0.25)).toBe(4_000)
  })

  test('is never shorter than what the server asks for, nor much longer', () => {
    expect(retryDelayMs(1, false, askedFor(60_000), 0)).toBe(60_000)
    expect(retryDelayMs(9, false, askedFor(60_000), 1)).toBe(75_000)
    expect(retryDelayMs(1, false, askedFor(86_400_000), 1)).toBe(LONGEST_RETRY_MS)
  })

  test('a slot is met exactly, whatever else was said', () => {
    expect([0, 0.5, 1].map((fraction) => retryDelayMs(3, false, slotIn(90_500), fraction))).toEqual([90_500, 90_500, 90_500])
    expect(retryDelayMs(1, false, slotIn(24 * HOUR_MS), 1)).toBe(HOUR_MS)
  })

  test('a hazard waits for no slot, and never longer than half a minute', () => {
    expect(retryDelayMs(1, true, { ...slotIn(90_500), retryAfterMs: 2_000 }, 0)).toBe(2_000)
    expect(retryDelayMs(1, true, askedFor(60_000), 0)).toBe(30_000)
    expect(retryDelayMs(1, true, askedFor(29_000), 1)).toBe(30_000)
  })
})

describe('the spread of a come-back @outbox', () => {
  test('is a quarter of the time that nothing got through', () => {
    expect(comeBackDelayMs(4_000, null, false, 1)).toBe(1_000)
    expect(comeBackDelayMs(-5, null, false, 1)).toBe(0)
  })

  test('is at most what the door said, a minute when it has not, an hour at most', () => {
    expect(comeBackDelayMs(HOUR_MS, null, false, 1)).toBe(60_000)
    expect(comeBackDelayMs(HOUR_MS, 300_000, false, 1)).toBe(300_000)
    expect(comeBackDelayMs(HOUR_MS, 0, false, 1)).toBe(0)
    expect(comeBackDelayMs(100 * HOUR_MS, 100 * HOUR_MS, false, 1)).toBe(HOUR_MS)
  })

  test('is at most ten seconds for a hazard', () => {
    expect(comeBackDelayMs(HOUR_MS, 300_000, true, 1)).toBe(10_000)
    expect(comeBackDelayMs(HOUR_MS, 5_000, true, 1)).toBe(5_000)
  })

  test('leaves the hazards the first tenth, ten seconds at the most', () => {
    expect(comeBackDelayMs(HOUR_MS, 60_000, false, 0)).toBe(6_000)
    expect(comeBackDelayMs(HOUR_MS, 60_000, false, 0.5)).toBe(33_000)
    expect(comeBackDelayMs(HOUR_MS, 300_000, false, 0)).toBe(10_000)
    expect(comeBackDelayMs(HOUR_MS, 300_000, true, 0)).toBe(0)
  })
})
