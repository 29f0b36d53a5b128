import { expect, test } from 'vitest'
import { preferredLocale } from './preferred-locale.ts'

const both = ['en', 'es'] as const

test('what the person chose goes before what the browser asks for', () => {
  expect(preferredLocale(both, ['es'], 'en')).toBe('es')
  expect(preferredLocale(both, [undefined, 'es'], 'en')).toBe('es')
})

test('the browser is heard by its weights, with regions, and a refusal counts', () => {
  expect(preferredLocale(both, [], 'en;q=0.5, es-MX;q=0.8')).toBe('es')
  expect(preferredLocale(both, [], 'es;q=0, fr')).toBe('en')
  expect(preferredLocale(both, [], 'fr, ES')).toBe('es')
})

test('an unknown wish and nothing asked give the first language of the utility', () => {
  expect(preferredLocale(both, ['de', 'x'.repeat(99)], null)).toBe('en')
  expect(preferredLocale(['es'], ['en'], 'en')).toBe('es')
})
