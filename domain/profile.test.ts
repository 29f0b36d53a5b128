import { expect, it } from 'vitest'
import { profileChangeSchema } from './me.ts'
import { type ProfileRecord, standingProfile } from './profile.ts'

const id = (number: number) => `019c0000-0000-7000-8000-00000000000${number}`
const record = (version: string, stepId: string, basedOn: string | null): ProfileRecord => ({
  stepId, version, asOf: '2026-01-31T04:00:00.000Z',
  change: { changeId: stepId, loginId: id(9), basedOn, language: 'en', channels: [], quietHours: null, personal: {} },
})

it('stands by the older of two changes of the same one, in any order @identity', () => {
  const [first, older, newer] = [record('1', id(1), null), record('2', id(2), id(1)), record('3', id(3), id(1))]
  for (const records of [[first, older, newer], [newer, older, first], [older, newer, first]]) expect(standingProfile(records)).toBe(older)
  expect(standingProfile([newer])).toBeNull()
})

it('is changed from one version under one name of it @identity', () => {
  const told = { changeId: id(1), language: 'en', channels: [], quietHours: null }
  const basedOn = (text: string) => profileChangeSchema.parse({ ...told, basedOn: text }).basedOn
  expect(basedOn('019C0000-0000-7000-8000-00000000000A')).toBe(basedOn('019c0000-0000-7000-8000-00000000000a'))
})
