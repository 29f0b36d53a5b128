import { describe, expect, it } from 'vitest'
import { isWithin, visibleSpan } from './visible-span.ts'

const ZONE = 'America/Los_Angeles'
const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 10, 21, 20)
const at = (days: number) => new Date(NOW_MS + days * DAY_MS).toISOString()
const dateOf = (days: number) => at(days).slice(0, 10)
const since = (days: number, grantedDays = days) => ({ from: at(days), grantedAt: at(grantedDays) })

describe('what a login sees of a premise', () => {
  it('begins with its access, or with the day of the move-in in the utility’s zone', () => {
    expect(visibleSpan(since(-10), {}, ZONE, NOW_MS)).toEqual({ fromMs: NOW_MS - 10 * DAY_MS, untilMs: Number.POSITIVE_INFINITY })
    expect(visibleSpan(since(-900, -10), { movedInOn: '2026-11-01' }, ZONE, NOW_MS)?.fromMs).toBe(Date.UTC(2026, 10, 1, 7))
  })

  it('is nothing by access from before somebody else moved in, before it begins, and after the last day', () => {
    expect(visibleSpan(since(-10), { movedInOn: dateOf(-5) }, ZONE, NOW_MS)).toBeNull()
    expect(visibleSpan(since(1, -1), {}, ZONE, NOW_MS)).toBeNull()
    expect(visibleSpan(since(-10), { movedInOn: dateOf(3), movedOutOn: dateOf(9) }, ZONE, NOW_MS)).toBeNull()
    expect(visibleSpan(since(-10), { movedOutOn: '2026-11-20' }, ZONE, NOW_MS)).toBeNull()
    const lastDay = visibleSpan(since(-10), { movedOutOn: '2026-11-21' }, ZONE, NOW_MS)
    expect(lastDay?.untilMs).toBe(Date.UTC(2026, 10, 22, 8))
    expect([isWithin(lastDay!, '2026-11-22T07:59:59.999Z'), isWithin(lastDay!, '2026-11-22T08:00:00.000Z')]).toEqual([true, false])
  })

  it('for any dates: no instant is seen by both of two customers one after the other but on the day between them, and now is in every span', () => {
    let seed = 1
    const draw = (most: number) => (seed = (seed * 48_271) % 2_147_483_647) % most
    let seen = 0
    for (let round = 0; round < 2_000; round++) {
      const [moveDay, nowDay] = [draw(60) - 30, draw(60) - 30]
      const nowMs = NOW_MS + nowDay * DAY_MS
      const before = visibleSpan(since(moveDay - 1 - draw(30)), { movedOutOn: dateOf(moveDay) }, ZONE, nowMs)
      const after = visibleSpan(since(moveDay + draw(5)), { movedInOn: dateOf(moveDay) }, ZONE, nowMs)
      const asBefore = visibleSpan(since(moveDay - 2 - draw(30)), { movedInOn: dateOf(moveDay) }, ZONE, nowMs)
      expect(asBefore, 'the same account number with another customer').toBeNull()
      for (const span of [before, after]) {
        if (!span) continue
        seen++
        expect(span.fromMs <= nowMs && nowMs < span.untilMs).toBe(true)
      }
      if (before && after) expect(before.untilMs - after.fromMs).toBeLessThanOrEqual(DAY_MS + 3_600_000)
    }
    expect(seen).toBeGreaterThan(500)
  })
})
