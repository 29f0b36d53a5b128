import { HAZARDS } from '../../../domain/report-choices.ts'

const HOUR_MS = 3_600_000

/** What the form sends, by field name; a list for what may be ticked more than once. */
export type CallerFields = Record<string, string | string[]>

/** The fields that a form sent, without what React adds. */
export function callerFields(form: FormData): CallerFields {
  const fields: CallerFields = {}
  for (const name of new Set(form.keys())) {
    if (name.startsWith('$')) continue
    const values = form.getAll(name).filter((value) => typeof value === 'string')
    fields[name] = name === 'hazards' ? values : (values[0] ?? '')
  }
  return fields
}

/**
 * The frozen body of a report that staff writes for a caller. Id, secret and the time come from the form, where
 * they were made when it was opened: the same form sent twice gives the same bytes, and so one report.
 */
export function callerReport(fields: CallerFields): { bytes: Uint8Array; secret: string } {
  const text = (name: string) => {
    const value = fields[name]
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
  }
  const savedAt = text('savedAt') ?? ''
  const body = {
    schema: 1,
    id: text('id'),
    savedAt,
    locale: text('locale'),
    channel: 'agent',
    place: { accountNumber: text('accountNumber'), phone: text('phone'), address: text('address') },
    hazards: HAZARDS.filter((hazard) => fields['hazards']?.includes(hazard)),
    scope: text('scope'),
    startedAt: startedAt(text('since'), savedAt),
    heardBang: text('heardBang') ?? 'unknown',
    neighborsOut: text('neighborsOut') ?? 'unknown',
    medicalEquipment: text('medicalEquipment') === 'yes',
    accessNotes: text('accessNotes'),
    callbackPhone: text('callbackPhone'),
  }
  return { bytes: new TextEncoder().encode(JSON.stringify(body)), secret: text('secret') ?? '' }
}

function startedAt(since: string | undefined, savedAt: string): string | undefined {
  const savedAtMs = Date.parse(savedAt)
  if (Number.isNaN(savedAtMs)) return undefined
  if (since === 'now') return savedAt
  return since === 'hour' ? new Date(savedAtMs - HOUR_MS).toISOString() : undefined
}
