import type { FieldProblem } from '../../../../domain/problem.ts'

/** By the name that a field has in the body: the words that its form has for it. */
const FIELD_WORDS = {
  address: 'address',
  phone: 'phone',
  accountNumber: 'accountNumber',
  location: 'whereQuestion',
  place: 'whereQuestion',
  scope: 'scopeQuestion',
  startedAt: 'sinceQuestion',
  hazards: 'hazardsQuestion',
  medicalEquipment: 'medicalQuestion',
  accessNotes: 'accessNotes',
  callbackPhone: 'callbackPhone',
} as const

type FieldWord = (typeof FIELD_WORDS)[keyof typeof FIELD_WORDS]

/** Message keys of the fields that the door has named, each once, by the last part of its pointer that is a field of a form. */
export function refusedFields(errors: readonly FieldProblem[]): FieldWord[] {
  const named = errors.map(({ field }) => field.split('/').findLast(isField))
  return [...new Set(named.filter((field) => field !== undefined).map((field) => FIELD_WORDS[field]))]
}

function isField(part: string): part is keyof typeof FIELD_WORDS {
  return Object.hasOwn(FIELD_WORDS, part)
}
