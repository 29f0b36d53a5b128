import { describe, expect, test } from 'vitest'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { lastPlace, reportOfPlace } from './own-reports.ts'
import type { Place } from './same-place.ts'

const HOUR_MS = 3_600_000
const NOW_MS = Date.UTC(2026, 0, 31, 4, 5)

function record(id: string, place: Place, hoursAgo: number): ReportRecord {
  return {
    id,
    reference: 'ABCD-EFGH-JK',
    secret: '',
    body: new TextEncoder().encode(JSON.stringify({ schema: 1, id, place })),
    bodyHash: '',
    savedAtMs: NOW_MS - hoursAgo * HOUR_MS,
    hazards: [],
    place: place.address ?? '',
    savedOn: { contextId: '', monotonicMs: 0 },
    attempts: 0,
    lease: null,
    retry: null,
    attention: null,
    received: null,
  }
}

const elm = { address: '12 Elm Street, Harbor' }
const reports = [
  record('older', elm, 5),
  record('newer', elm, 2),
  record('yesterday', { address: '9 Oak Lane' }, 25),
  record('by location', { location: { latitude: 1, longitude: 2, accuracyMeters: 3 } }, 1),
]

describe('what this phone has said of a place before @outbox', () => {
  test('its newest report there, unless that is of another day or another place', () => {
    expect(reportOfPlace(reports, { address: '12 elm st' }, NOW_MS)?.id).toBe('newer')
    expect(reportOfPlace(reports, { address: '9 Oak Lane' }, NOW_MS)).toBeNull()
    expect(reportOfPlace(reports, { address: '13 elm st' }, NOW_MS)).toBeNull()
    expect(reportOfPlace(reports, {}, NOW_MS)).toBeNull()
  })

  test('the place that was given last in words', () => {
    expect(lastPlace(reports)).toEqual({ place: elm, shown: '12 Elm Street, Harbor' })
    expect(lastPlace(reports.slice(3))).toBeNull()
  })
})
