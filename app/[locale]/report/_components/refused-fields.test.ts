import { expect, test } from 'vitest'
import { refusedFields } from './refused-fields.ts'

const named = (...fields: string[]) => refusedFields(fields.map((field) => ({ field, rule: 'x', fix: 'x' })))

test('a refusal names each field once, in the form\'s words, and leaves out what no form has @outbox', () => {
  expect(named('/place/location/accuracyMeters', '/place', '/hazards/0', '/accessNotes')).toEqual(['whereQuestion', 'hazardsQuestion', 'accessNotes'])
  expect(named('', '/schema', 'report-secret', '/constructor')).toEqual([])
})
