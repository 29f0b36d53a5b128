import { expect, test } from 'vitest'
import type { Catalogue } from '../domain/text.ts'
import en from './en.json' with { type: 'json' }
import es from './es.json' with { type: 'json' }

const plural = (entry: Catalogue) => 'other' in entry

/** Each message by its dotted key with its placeholders, sorted; the forms of a plural count together. */
function messages(catalogue: Catalogue, prefix = ''): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [key, entry] of Object.entries(catalogue)) {
    const name = `${prefix}${key}`
    if (typeof entry === 'string') found.set(name, placeholders(entry))
    else if (plural(entry)) found.set(name, placeholders(JSON.stringify(entry)))
    else for (const [inner, names] of messages(entry, `${name}.`)) found.set(inner, names)
  }
  return found
}

function placeholders(message: string): string[] {
  return [...new Set(message.match(/\{\w+\}/g))].sort()
}

test('both languages have the same messages with the same placeholders', () => {
  expect(Object.fromEntries(messages(es))).toEqual(Object.fromEntries(messages(en)))
})

test('no message is empty', () => {
  const empty = (catalogue: Catalogue): string[] =>
    Object.entries(catalogue).flatMap(([key, entry]) => (typeof entry === 'string' ? (entry.trim() === '' ? [key] : []) : empty(entry)))
  expect([...empty(en), ...empty(es)]).toEqual([])
})

test('a plural has the forms that its language needs', () => {
  const lacking = (catalogue: Catalogue, forms: readonly string[]): string[] =>
    Object.entries(catalogue).flatMap(([key, entry]) => {
      if (typeof entry === 'string') return []
      return plural(entry) ? forms.filter((form) => !(form in entry)).map((form) => `${key}.${form}`) : lacking(entry, forms)
    })
  expect(lacking(en, ['one', 'other'])).toEqual([])
  expect(lacking(es, ['one', 'other'])).toEqual([])
})
