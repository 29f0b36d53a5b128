import { describe, expect, test } from 'vitest'
import type { FollowUpRecord, ReportRecord } from '../../../../worker/outbox/report-record.ts'
import type { OwnStanding } from '../../report/_components/read-server.ts'
import { waitedLongMs } from './waited-long.ts'

const HOUR_MS = 3_600_000
const savedAtMs = Date.parse('2026-01-31T04:00:00.000Z')
const acceptedAt = (waitedMs: number) => new Date(savedAtMs + waitedMs).toISOString()
/** @param waitedMs by the phone's clock */
const received = (waitedMs: number) =>
  ({ savedAtMs, received: { receipt: 'r', acceptedAt: acceptedAt(waitedMs), atMs: savedAtMs + waitedMs } }) as ReportRecord
const standing = (more: Partial<OwnStanding>): OwnStanding => ({ state: 'received', asOf: acceptedAt(0), ...more })
const said = (kind: FollowUpRecord['kind']) => [{ kind } as FollowUpRecord]

describe('whether the customer is asked "still out?" @outbox', () => {
  test('the phone knows by itself after more than an hour', () => {
    expect(waitedLongMs(received(HOUR_MS), [], null)).toBeNull()
    expect(waitedLongMs(received(3 * HOUR_MS), [], null)).toBe(3 * HOUR_MS)
  })

  test('not before the report has arrived: until then nobody can say how long it waits', () => {
    expect(waitedLongMs({ savedAtMs, received: null } as ReportRecord, [], null)).toBeNull()
  })

  test('the utility decides, by its own clock', () => {
    expect(waitedLongMs(received(48 * HOUR_MS), [], standing({ confirmation: 'not-needed' }))).toBeNull()
    const corrected = { savedAt: acceptedAt(-2 * HOUR_MS), errorMs: 0 }
    expect(waitedLongMs(received(0), [], standing({ confirmation: 'asked', corrected }))).toBe(2 * HOUR_MS)
  })

  test('once: an answer or a withdrawal on this phone settles it, sent or not, and so does one that the utility knows', () => {
    const asked = standing({ confirmation: 'asked' })
    expect(waitedLongMs(received(3 * HOUR_MS), said('still-out'), asked)).toBeNull()
    expect(waitedLongMs(received(3 * HOUR_MS), said('withdraw'), asked)).toBeNull()
    expect(waitedLongMs(received(3 * HOUR_MS), said('add'), asked)).toBe(3 * HOUR_MS)
    expect(waitedLongMs(received(3 * HOUR_MS), [], standing({ confirmation: 'still-out' }))).toBeNull()
    expect(waitedLongMs(received(3 * HOUR_MS), [], standing({ state: 'withdrawn', confirmation: 'asked' }))).toBeNull()
  })
})
