import { expect, it } from 'vitest'
import { type Profile, profileChangeSchema } from '../../../../domain/me.ts'
import { profileFromFields } from './profile-from-fields.ts'

const base: Profile = { version: null, language: 'en', channels: ['email', 'push'], quietHours: null, name: 'A. Customer' }

function fields(given: Record<string, string | string[]>): FormData {
  const form = new FormData()
  for (const [name, values] of Object.entries(given)) for (const value of [values].flat()) form.append(name, value)
  return form
}

it('is what was chosen and typed; what the form does not offer stays as it was @reads', () => {
  const told = profileFromFields(fields({ language: 'es', channels: ['sms'], phone: ' (707) 555-0142 ', email: '', quietFrom: '22:00', quietUntil: '06:30' }), base)
  expect(told).toEqual({ language: 'es', channels: ['sms', 'push'], quietHours: { from: '22:00', until: '06:30' }, name: 'A. Customer', phone: '(707) 555-0142' })
  expect(profileChangeSchema.safeParse({ changeId: '019c0000-0000-7000-8000-000000000001', basedOn: null, ...told }).success).toBe(true)
})

it('wants both ends of quiet hours, or none @reads', () => {
  expect(profileFromFields(fields({ quietFrom: '22:00', quietUntil: '' }), base)).toEqual({ wrong: ['/quietHours'] })
  expect(profileFromFields(fields({ quietFrom: '', quietUntil: '' }), { ...base, quietHours: { from: '22:00', until: '06:00' } })).toMatchObject({ quietHours: null, language: 'en', channels: ['push'] })
})
