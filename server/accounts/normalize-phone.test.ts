import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { expect, it } from 'vitest'
import { seededFraction } from '../../processes/projector/sample-events.ts'
import { normalizePhone } from './normalize-phone.ts'

it('takes every North American number for what the library takes it for @import', () => {
  const fraction = seededFraction(7)
  for (let tried = 0; tried < 1_000; tried++) {
    const typed = `+1${2 + Math.floor(fraction() * 8)}${String(Math.floor(fraction() * 1e9)).padStart(9, '0')}`
    const known = parsePhoneNumberFromString(typed, tried % 2 === 0 ? 'US' : 'MX')
    expect(known?.isPossible()).toBe(true)
    expect(normalizePhone(typed, 'US')).toBe(known?.number)
  }
})
