import { expect, test } from 'vitest'
import { reportFollowUpSchemas } from '../../../../domain/report-follow-up.ts'
import { additionFromFields } from './addition-from-fields.ts'

const frozen = (content: object) => ({
  schema: 1, id: '01980f70-1b2c-7d3e-8f40-5a6b7c8d9e0f', reportId: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f', savedAt: '2026-01-31T06:05:06.789Z', ...content,
})

test('says what was filled in, and nothing else @outbox', () => {
  const addition = additionFromFields({ hazards: ['fire'], accessNotes: '  gate code 4711 ', callbackPhone: ' ' }, 'es')
  expect(addition).toEqual({ locale: 'es', channel: 'web', kind: 'add', hazards: ['fire'], accessNotes: 'gate code 4711' })
})

test('everything that the form can say is a body that the door takes @outbox', () => {
  const fields = { hazards: ['downed-line', 'injury'], scope: 'dim', medicalEquipment: 'yes', accessNotes: 'dog', callbackPhone: '555 0100' }
  const parsed = reportFollowUpSchemas[1].safeParse(JSON.parse(JSON.stringify(frozen(additionFromFields(fields, 'en')!))))
  expect(parsed.error).toBeUndefined()
})

test('an empty form is no addition @outbox', () => {
  expect(additionFromFields({}, 'en')).toBeNull()
  expect(additionFromFields({ accessNotes: '  ', hazards: [] }, 'en')).toBeNull()
})
