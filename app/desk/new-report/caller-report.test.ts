import { expect, test } from 'vitest'
import { parseReport } from '../../../server/outages/parse-report.ts'
import { callerFields, callerReport } from './caller-report.ts'

const made = { id: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f', secret: 'AAAAAAAAAAAAAAAAAAAAAA', savedAt: '2026-01-31T04:05:06.789Z', locale: 'es' }

function form(entries: readonly (readonly [string, string])[]): FormData {
  const data = new FormData()
  for (const [name, value] of [...Object.entries(made), ...entries]) data.append(name, value)
  return data
}

test('a full form is a report of the agent channel with the id that the form was opened with', () => {
  const fields = callerFields(
    form([
      ['hazards', 'fire'], ['hazards', 'downed-line'], ['scope', 'whole-home'], ['accountNumber', ' 4100 17 '], ['phone', ''], ['since', 'hour'],
      ['heardBang', 'yes'], ['neighborsOut', 'no'], ['medicalEquipment', 'yes'], ['accessNotes', 'dog'], ['callbackPhone', ''], ['$ACTION_ID', 'x'],
    ]),
  )
  expect(fields['hazards']).toEqual(['fire', 'downed-line'])
  expect(Object.keys(fields)).not.toContain('$ACTION_ID')
  expect(parseReport(callerReport(fields).bytes)).toEqual({
    schema: 1, id: made.id, savedAt: made.savedAt, locale: 'es', channel: 'agent', place: { accountNumber: '4100 17' }, hazards: ['downed-line', 'fire'],
    scope: 'whole-home', startedAt: '2026-01-31T03:05:06.789Z', heardBang: 'yes', neighborsOut: 'no', medicalEquipment: true, accessNotes: 'dog',
  })
})

test('the same form sent twice has the same bytes and secret', () => {
  const send = () => callerReport(callerFields(form([['scope', 'dim'], ['phone', '555 0100'], ['since', 'now']])))
  expect(Buffer.from(send().bytes).equals(Buffer.from(send().bytes))).toBe(true)
  expect(send().secret).toBe(made.secret)
})

test('what is not known stays unknown', () => {
  const report = parseReport(callerReport(callerFields(form([['scope', 'dim'], ['address', '1 Elm'], ['since', 'unknown']]))).bytes)
  expect(report).toMatchObject({ hazards: [], heardBang: 'unknown', neighborsOut: 'unknown', medicalEquipment: false })
  expect(report).not.toHaveProperty('startedAt')
})

test('a form without a place or with a broken time is refused by the schema, not by an exception', () => {
  const broken = callerReport({ ...made, savedAt: 'yesterday', scope: 'dim', since: 'hour' })
  expect(() => parseReport(broken.bytes)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error)
})
