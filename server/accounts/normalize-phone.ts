import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min'

/** North American numbers as a core system tells them: any of this form is possible, and the library takes twenty times as long to say so. */
const NORTH_AMERICAN = /^\+1[2-9]\d{9}$/

/**
 * A phone number as typed, as E.164 (`+17075550142`); null when it cannot be one. An extension is dropped.
 * Asks only that the length is possible: new area codes are in use before any library knows them,
 * and a customer must not be refused for that.
 * @param country ISO 3166 code of numbers typed without a country code
 */
export function normalizePhone(typed: string, country: string): string | null {
  if (NORTH_AMERICAN.test(typed)) return typed
  // utility.config.ts holds any two letters; the library answers undefined for a country it does not know.
  const phone = parsePhoneNumberFromString(typed, country as CountryCode)
  if (!phone?.isPossible() || !/^\+[1-9]\d{6,14}$/.test(phone.number)) return null
  return phone.number
}
