import { HAZARDS, type Locale, SCOPES } from '../../../../domain/report-choices.ts'
import type { ReportFollowUp } from '../../../../domain/report-follow-up.ts'
import { type Fields, textOf } from '../../report/_components/form-fields.ts'
import type { FollowUpContent } from '../../../../worker/outbox/save-follow-up.ts'

type Addition = Extract<FollowUpContent, { kind: 'add' }>

/** The addition that the fields tell; null when nothing is filled in. What is not said is left out: silence changes nothing. */
export function additionFromFields(fields: Fields, locale: Locale): Addition | null {
  const hazards = HAZARDS.filter((hazard) => fields['hazards']?.includes(hazard))
  const said: Partial<Extract<ReportFollowUp, { kind: 'add' }>> = {
    hazards: hazards.length > 0 ? hazards : undefined,
    scope: SCOPES.find((scope) => scope === fields['scope']),
    medicalEquipment: fields['medicalEquipment'] === 'yes' ? true : undefined,
    accessNotes: textOf(fields, 'accessNotes'),
    callbackPhone: textOf(fields, 'callbackPhone'),
  }
  if (Object.values(said).every((value) => value === undefined)) return null
  return { locale, channel: 'web', kind: 'add', ...said }
}
