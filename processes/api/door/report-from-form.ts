import { ANSWERS, HAZARDS, LOCALES } from '../../../domain/outage-report.ts'
import type { FieldProblem } from '../../../domain/problem.ts'
import { instantOf } from '../../../domain/local-time.ts'

const HOUR_MS = 3_600_000

/** What a browser without scripts posts: text by field name, a list where a name is repeated. */
export type FormFields = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The frozen body that the phone's script would have made from the same form, with the door's clock for the phone's.
 * It is not yet checked: reportOutage does that. Equal fields and `savedAt` give equal bytes.
 */
export function bodyFromForm(fields: FormFields, id: string, savedAt: string, timeZone: string): Uint8Array {
  const one = (name: string) => oneOf(fields, name)
  const place = { accountNumber: one('accountNumber'), phone: one('phone'), address: one('address'), location: locationIn(fields) }
  const report = {
    schema: 1,
    id,
    savedAt,
    locale: known(LOCALES, one('locale')) ?? 'en',
    channel: 'plain-form',
    place,
    hazards: HAZARDS.filter((hazard) => listOf(fields, 'hazards').includes(hazard)),
    scope: one('scope'),
    startedAt: startedAt(fields, savedAt, timeZone),
    heardBang: known(ANSWERS, one('heardBang')) ?? 'unknown',
    neighborsOut: known(ANSWERS, one('neighborsOut')) ?? 'unknown',
    medicalEquipment: one('medicalEquipment') === 'yes',
    accessNotes: one('accessNotes'),
    callbackPhone: one('callbackPhone'),
  }
  return Buffer.from(JSON.stringify(report))
}

/** The first value of a field without spaces around it; undefined when it was left empty. */
export function oneOf(fields: FormFields, name: string): string | undefined {
  return listOf(fields, name)[0]?.trim() || undefined
}

export function listOf(fields: FormFields, name: string): readonly string[] {
  const value = fields[name]
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

/** The form's field that a problem of the body belongs to; '' when it is the form's own doing. */
export function formFieldOf(problem: FieldProblem): string {
  const [first, second] = problem.field.split('/').slice(1)
  if (first === 'place') return second === undefined || second === 'location' ? 'place' : second
  return first ?? ''
}

function startedAt(fields: FormFields, savedAt: string, timeZone: string): string | undefined {
  const since = oneOf(fields, 'since')
  if (since === 'now') return savedAt
  if (since === 'hour') return new Date(Date.parse(savedAt) - HOUR_MS).toISOString()
  return since === 'earlier' ? instantOf(oneOf(fields, 'sinceAt') ?? '', timeZone)?.toISOString() : undefined
}

function locationIn(fields: FormFields): { latitude: number; longitude: number; accuracyMeters: number } | undefined {
  const [latitude, longitude, accuracyMeters] = ['latitude', 'longitude', 'accuracyMeters'].map((name) => Number(oneOf(fields, name) ?? Number.NaN))
  return [latitude, longitude, accuracyMeters].every(Number.isFinite)
    ? { latitude: latitude!, longitude: longitude!, accuracyMeters: accuracyMeters! }
    : undefined
}

function known<T extends string>(values: readonly T[], value: string | undefined): T | undefined {
  return values.find((candidate) => candidate === value)
}
