import { describe, expect, it } from 'vitest'
import { correctedTime, type ClockEvidence } from './clock-evidence.ts'
import { occurredOf } from './occurred.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const SAVED = Date.UTC(2026, 0, 31, 14, 5)

/** A phone whose clock is `wrongMs` ahead of the server's, saves at SAVED and is heard `waitedMs` later. */
function phone({ wrongMs, waitedMs, setMs = 0, awakeMs }: { wrongMs: number; waitedMs: number; /** How far its clock is set ahead in between. */ setMs?: number; awakeMs?: number }): ClockEvidence & { savedAtMs: number; sentAtMs: number } {
  return { savedAtMs: SAVED + wrongMs, sentAtMs: SAVED + wrongMs + waitedMs + setMs, elapsedMs: awakeMs }
}
const known = (wrongMs: number, errorMs: number) => ({ clockOffsetMs: -wrongMs, clockErrorMs: errorMs })

describe('correctedTime', () => {
  it.each([2 * DAY_MS, -2 * DAY_MS, 0])('takes the offset known at saving, with a clock that is wrong by %d ms', (wrongMs) => {
    for (const waitedMs of [0, 3 * HOUR_MS, 8 * DAY_MS]) {
      const evidence = { ...phone({ wrongMs, waitedMs, awakeMs: Math.min(waitedMs, 1_000) }), ...known(wrongMs, 80) }
      expect(correctedTime(evidence, SAVED + waitedMs)).toEqual({ atMs: SAVED, errorMs: 80, basis: 'server-offset' })
    }
  })

  it('takes the wait when no offset is known, and vouches for what monotonic time covers', () => {
    for (const wrongMs of [2 * DAY_MS, -2 * DAY_MS]) {
      const awake = phone({ wrongMs, waitedMs: 3 * HOUR_MS, awakeMs: 3 * HOUR_MS })
      expect(correctedTime(awake, SAVED + 3 * HOUR_MS)).toEqual({ atMs: SAVED, errorMs: 30_000, basis: 'elapsed' })
      const asleep = phone({ wrongMs, waitedMs: 8 * DAY_MS, awakeMs: 5_000 })
      expect(correctedTime(asleep, SAVED + 8 * DAY_MS)).toEqual({ atMs: SAVED, errorMs: 8 * DAY_MS - 5_000 + 30_000, basis: 'elapsed' })
      const reloaded = phone({ wrongMs, waitedMs: HOUR_MS })
      expect(correctedTime(reloaded, SAVED + HOUR_MS)).toEqual({ atMs: SAVED, errorMs: HOUR_MS + 30_000, basis: 'sent-at' })
    }
  })

  it('covers what a clock that was set in between hides', () => {
    const ahead = correctedTime(phone({ wrongMs: -2 * DAY_MS, waitedMs: HOUR_MS, setMs: 2 * DAY_MS, awakeMs: HOUR_MS }), SAVED + HOUR_MS)
    expect(ahead).toEqual({ atMs: SAVED - 2 * DAY_MS, errorMs: 2 * DAY_MS + 30_000, basis: 'elapsed' })
    const back = correctedTime(phone({ wrongMs: 2 * DAY_MS, waitedMs: HOUR_MS, setMs: -2 * DAY_MS, awakeMs: HOUR_MS }), SAVED + HOUR_MS)
    expect(back).toEqual({ atMs: SAVED, errorMs: 2 * DAY_MS + 30_000, basis: 'elapsed' })
  })

  it('believes the phone alone only as far as its clock agrees with the acceptance', () => {
    expect(correctedTime({ savedAtMs: SAVED }, SAVED + 2_000)).toEqual({ atMs: SAVED, errorMs: 2_000, basis: 'phone-clock' })
    expect(correctedTime({ savedAtMs: SAVED }, SAVED - 2 * DAY_MS)).toEqual({ atMs: SAVED - 2 * DAY_MS, errorMs: 2 * DAY_MS, basis: 'phone-clock' })
  })

  it('widens the error when offset and wait cannot both be true', () => {
    const evidence = { ...phone({ wrongMs: 0, waitedMs: HOUR_MS, awakeMs: HOUR_MS }), ...known(5 * HOUR_MS, 50) }
    expect(correctedTime(evidence, SAVED + HOUR_MS)).toEqual({ atMs: SAVED - 5 * HOUR_MS, errorMs: 5 * HOUR_MS, basis: 'server-offset' })
  })

  it('is never later than monotonic time allows, nor earlier than the epoch', () => {
    const late = { savedAtMs: SAVED, elapsedMs: HOUR_MS, clockOffsetMs: 30 * 60_000, clockErrorMs: 10 }
    expect(correctedTime(late, SAVED)).toEqual({ atMs: SAVED - HOUR_MS, errorMs: 90 * 60_000, basis: 'server-offset' })
    for (const clockOffsetMs of [1e15, -1e15]) {
      const { atMs, errorMs } = correctedTime({ savedAtMs: SAVED, clockOffsetMs, clockErrorMs: 0 }, SAVED)
      expect([0, SAVED]).toContain(atMs)
      expect(errorMs).toBeGreaterThan(1e14)
    }
  })
})

describe('occurredOf', () => {
  const said = { savedAt: new Date(SAVED + 2 * DAY_MS).toISOString(), startedAt: new Date(SAVED + 2 * DAY_MS - HOUR_MS).toISOString() }

  it('moves when it was saved and when it began alike', () => {
    const occurred = occurredOf(said, { attempt: 1, clockOffsetMs: -2 * DAY_MS, clockErrorMs: 20 }, SAVED + 100)
    expect(occurred).toEqual({ savedAt: '2026-01-31T14:05:00.000Z', startedAt: '2026-01-31T13:05:00.000Z', errorMs: 20, basis: 'server-offset' })
  })

  it('lets nothing begin after the acceptance, whatever was said', () => {
    const later = { savedAt: new Date(SAVED).toISOString(), startedAt: '9999-12-31T23:59:59.999Z' }
    expect(occurredOf(later, { attempt: 1, clockOffsetMs: 0, clockErrorMs: 0 }, SAVED).startedAt).toBe('2026-01-31T14:05:00.000Z')
    const earlier = { savedAt: '0001-01-01T00:00:00.000Z', startedAt: '0001-01-01T00:00:00.000Z' }
    expect(occurredOf(earlier, { attempt: 1, elapsedMs: 1e14 }, SAVED)).toMatchObject({ savedAt: '1970-01-01T00:00:00.000Z', startedAt: '1970-01-01T00:00:00.000Z' })
  })
})
