import { expect, it } from 'vitest'
import { localeOf } from './locale-of.ts'

it.each([
  ['es', { cookie: 'locale=en', 'accept-language': 'en' }, 'es'],
  ['fr', { cookie: 'a=b; locale=es', 'accept-language': 'en' }, 'es'],
  [undefined, { cookie: 'xlocale=en', 'accept-language': 'es' }, 'es'],
  [undefined, {}, 'en'],
])('asked for %j with %j: %s @door', (asked, headers, locale) => {
  expect(localeOf(['en', 'es'], asked, headers)).toBe(locale)
})
