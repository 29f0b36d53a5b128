import { describe, expect, it } from 'vitest'
import { instantOf } from './local-time.ts'

const LOS_ANGELES = 'America/Los_Angeles'

describe('instantOf @door', () => {
  it.each([
    ['2026-01-31T04:05', LOS_ANGELES, '2026-01-31T12:05:00.000Z'],
    ['2026-07-31T04:05:06', LOS_ANGELES, '2026-07-31T11:05:06.000Z'],
    ['2026-03-08T01:59', LOS_ANGELES, '2026-03-08T09:59:00.000Z'],
    ['2026-03-08T02:30', LOS_ANGELES, '2026-03-08T10:30:00.000Z'],
    ['2026-03-08T03:00', LOS_ANGELES, '2026-03-08T10:00:00.000Z'],
    ['2026-11-01T01:30', LOS_ANGELES, '2026-11-01T08:30:00.000Z'],
    ['2026-11-01T02:00', LOS_ANGELES, '2026-11-01T10:00:00.000Z'],
    ['2026-01-31T04:05', 'UTC', '2026-01-31T04:05:00.000Z'],
    ['2026-01-31T04:05', 'Asia/Kolkata', '2026-01-30T22:35:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(instantOf(local, zone)?.toISOString()).toBe(instant)
  })

  it.each(['', 'yesterday', '2026-02-30T01:00', '2026-01-31T25:00', '2026-01-31', '2026-01-31T04:05Z'])('%j is no time', (local) => {
    expect(instantOf(local, LOS_ANGELES)).toBeNull()
  })
})
