import type { ReportContent } from '../../../../worker/outbox/save-report.ts'
import type { Fields } from './form-fields.ts'

/** The form as it would have to be filled for these words: what `reportFromFields` makes of them is the same again. */
export function fieldsFromReport(content: ReportContent): Fields {
  const { place, startedAt } = content
  const said: Record<string, string | readonly string[] | undefined> = {
    hazards: content.hazards.length > 0 ? content.hazards : undefined,
    scope: content.scope,
    ...fieldsOfPlace(place),
    latitude: place.location && String(place.location.latitude),
    longitude: place.location && String(place.location.longitude),
    accuracyMeters: place.location && String(place.location.accuracyMeters),
    since: startedAt === undefined ? 'unknown' : 'earlier',
    sinceAt: startedAt && localTime(startedAt),
    heardBang: content.heardBang,
    neighborsOut: content.neighborsOut,
    medicalEquipment: content.medicalEquipment ? 'yes' : undefined,
    accessNotes: content.accessNotes,
    callbackPhone: content.callbackPhone,
  }
  return Object.fromEntries(Object.entries(said).filter((entry): entry is [string, string | readonly string[]] => entry[1] !== undefined))
}

/** The ways of saying where that are typed. */
export function fieldsOfPlace({ address, phone, accountNumber }: ReportContent['place']): Fields {
  const typed = { address, phone, accountNumber }
  return Object.fromEntries(Object.entries(typed).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** As a datetime-local holds it: the phone's own zone, without naming it. */
function localTime(instant: string): string {
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, -1)
}
