import { expect, test } from 'vitest'
import { translator } from '../../../../domain/text.ts'
import { deskMessages } from '../../../../messages/text-in.ts'
import { refusalText } from './refusal-text.ts'

const detail = { column: 'address.city', changed: 4_997, known: 5_007, share: 0.998, most: 0.05 }

test('why a load was refused is told in the language of the page, shares as percentages; what this version does not know as it came @sync', () => {
  const [english, spanish] = (['en', 'es'] as const).map((locale) => refusalText(translator(deskMessages(locale), locale), locale, { code: 'column-changed', detail }))
  expect(english).toBe('A column differs for too many accounts (column address.city, different 4,997, of known accounts 5,007, share 99.8%, allowed at most 5%)')
  expect(spanish).toContain('(columna address.city, distintas 4997, de cuentas conocidas 5007, proporción 99,8')
  const left = { code: 'closings-left', detail: { unreadable: 2, missing: 1_300 } }
  expect(refusalText(translator(deskMessages('en'), 'en'), 'en', left)).toBe('Rows do not say which account they are about: until they do, none that is missing is closed (of unknown accounts 2, missing 1,300)')
  expect(refusalText(translator(deskMessages('en'), 'en'), 'en', { code: 'of-tomorrow', detail: { newness: 3 } })).toBe('of-tomorrow (newness 3)')
})
