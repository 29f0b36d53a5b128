import { expect, it } from 'vitest'
import { localeOf } from './locale-of.ts'

it.each([
  ['es', { cookie: 'locale=en', 'accept-language': 'en' }, 'es'],
  ['fr', { cookie: 'a=b; locale=es', 'accept-language': 'en' }, 'es'],
  [undefined, { cookie: 'xlocale=es', 'accept-language': 'fr, es-MX;q=0.9, en;q=0.8' }, 'es'],
  [undefined, { 'accept-language': 'en;q=0.5, es;q=0.7' }, 'es'],
  [undefined, { 'accept-language': 'es;q=0, en' }, 'en'],
  [undefined, { 'accept-language': 'de' }, 'en'],
  [undefined, {}, 'en'],
])('asked for %j with %j: %s @door', (asked, headers, locale) => {
  expect(localeOf(asked, headers)).toBe(locale)
})
