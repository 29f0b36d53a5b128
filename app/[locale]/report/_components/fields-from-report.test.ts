import { describe, expect, test } from 'vitest'
import type { ReportContent } from '../../../../worker/outbox/save-report.ts'
import { fieldsFromReport } from './fields-from-report.ts'
import { faultsOf, reportFromFields } from './report-from-fields.ts'

const NOW_MS = Date.UTC(2026, 0, 31, 4, 5, 6, 789)
const least: ReportContent = { locale: 'en', channel: 'web', place: { phone: '555 0100' }, hazards: [], scope: 'dim', heardBang: 'unknown', neighborsOut: 'unknown', medicalEquipment: false }
const most: ReportContent = {
  locale: 'es',
  channel: 'web',
  place: { address: '12 Elm Street', phone: '555 0100', accountNumber: '4100 0000 17', location: { latitude: 38.45, longitude: -122.7, accuracyMeters: 12 } },
  hazards: ['downed-line', 'injury'],
  scope: 'whole-home',
  startedAt: '2026-01-31T03:05:06.789Z',
  heardBang: 'yes',
  neighborsOut: 'no',
  medicalEquipment: true,
  accessNotes: 'Dog\nGate 42',
  callbackPhone: '555 0101',
}

describe('the words of a report, put back into the form @outbox', () => {
  test.each([least, most])('make the same report again: %j', (content) => {
    const fields = fieldsFromReport(content)
    expect(faultsOf(fields, NOW_MS)).toEqual([])
    expect(JSON.parse(JSON.stringify(reportFromFields(fields, content.locale, NOW_MS)))).toEqual(content)
  })
})
