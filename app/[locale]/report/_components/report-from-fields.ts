import { ANSWERS, HAZARDS, type Locale, SCOPES } from '../../../../domain/report-choices.ts'
import { REPORT_LIMITS } from '../../../../domain/report-limits.ts'
import type { ReportContent } from '../../../../worker/outbox/save-report.ts'
import { ANOTHER_PLACE, type Fields, textOf } from './form-fields.ts'

const HOUR_MS = 3_600_000

export type FieldFault = 'scope' | 'where' | 'sinceAt'

/** What a person has to add before a report can be saved; in the order of the form. */
export function faultsOf(fields: Fields, nowMs: number): FieldFault[] {
  const faults: FieldFault[] = []
  if (!SCOPES.some((scope) => scope === fields['scope'])) faults.push('scope')
  if (Object.keys(placeOf(fields)).length === 0) faults.push('where')
  if (fields['since'] === 'earlier' && (earlierMs(fields) ?? 0) > nowMs) faults.push('sinceAt')
  return faults
}

/**
 * The report that the fields tell, for a form without faults.
 * @param savedAtMs moment of saving, ms since the epoch; "just now" and "about an hour" count from it
 */
export function reportFromFields(fields: Fields, locale: Locale, savedAtMs: number): ReportContent {
  const scope = SCOPES.find((candidate) => candidate === fields['scope'])
  if (!scope) throw new TypeError('A report without a scope cannot be saved')
  const startedAtMs = startOf(fields, savedAtMs)
  return {
    locale,
    channel: 'web',
    place: placeOf(fields),
    hazards: HAZARDS.filter((hazard) => fields['hazards']?.includes(hazard)),
    scope,
    startedAt: startedAtMs === undefined ? undefined : new Date(startedAtMs).toISOString(),
    heardBang: answerOf(fields, 'heardBang'),
    neighborsOut: answerOf(fields, 'neighborsOut'),
    medicalEquipment: fields['medicalEquipment'] === 'yes',
    accessNotes: textOf(fields, 'accessNotes'),
    callbackPhone: textOf(fields, 'callbackPhone'),
  }
}

/** Where, as far as it is filled in: a place of one's own by its account, and nothing else then. */
export function placeOf(fields: Fields): ReportContent['place'] {
  const premise = textOf(fields, 'premise')
  if (premise !== undefined && premise !== ANOTHER_PLACE) return { accountNumber: premise }
  const place: ReportContent['place'] = {}
  for (const name of ['accountNumber', 'phone', 'address'] as const) {
    const value = textOf(fields, name)
    if (value) place[name] = value
  }
  const [latitude, longitude, accuracy] = ['latitude', 'longitude', 'accuracyMeters'].map((name) => Number(textOf(fields, name) ?? Number.NaN))
  if (Number.isFinite(latitude) && Number.isFinite(longitude)) {
    const accuracyMeters = Number.isFinite(accuracy) ? Math.min(accuracy!, REPORT_LIMITS.accuracyMeters) : REPORT_LIMITS.accuracyMeters
    place.location = { latitude: latitude!, longitude: longitude!, accuracyMeters }
  }
  return place
}

function startOf(fields: Fields, savedAtMs: number): number | undefined {
  if (fields['since'] === 'now') return savedAtMs
  if (fields['since'] === 'hour') return savedAtMs - HOUR_MS
  return fields['since'] === 'earlier' ? earlierMs(fields) : undefined
}

/** A datetime-local is in the phone's own zone; undefined when it is not filled. */
function earlierMs(fields: Fields): number | undefined {
  const atMs = Date.parse(textOf(fields, 'sinceAt') ?? '')
  return Number.isNaN(atMs) ? undefined : atMs
}

function answerOf(fields: Fields, name: string): (typeof ANSWERS)[number] {
  return ANSWERS.find((answer) => answer === fields[name]) ?? 'unknown'
}
