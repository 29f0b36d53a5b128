import { describe, expect, test } from 'vitest'
import { fixedRandom } from './outbox.fixture.ts'
import { LONGEST_RETRY_MS, retryDelayMs } from './retry-policy.ts'

const most = fixedRandom(1)

describe('the wait before the next attempt @outbox', () => {
  test('doubles its bound up to five minutes, and half a minute with a hazard', () => {
    expect([1, 2, 3, 30, 5_000].map((attempts) => retryDelayMs(attempts, false, null, most))).toEqual([4_000, 8_000, 16_000, 300_000, 300_000])
    expect([1, 2, 3, 30, 5_000].map((attempts) => retryDelayMs(attempts, true, null, most))).toEqual([4_000, 8_000, 16_000, 30_000, 30_000])
  })

  test('is spread over the whole bound', () => {
    expect(retryDelayMs(3, false, null, fixedRandom(0))).toBe(0)
    expect(retryDelayMs(3, false, null, fixedRandom(0.25))).toBe(4_000)
  })

  test('is never shorter than what the server asks for, nor much longer', () => {
    expect(retryDelayMs(1, false, 60_000, fixedRandom(0))).toBe(60_000)
    expect(retryDelayMs(9, true, 60_000, most)).toBe(75_000)
    expect(retryDelayMs(1, false, 86_400_000, most)).toBe(LONGEST_RETRY_MS)
  })
})
