import { plainText } from '../../domain/plain-text.ts'
import { nameWords, placeWords } from './search-text.ts'

/** As many as pack into a number. */
export const DIGIT_CHARS = 15
export const MAILBOX_CHARS = 10
/** Of fewer it is not looked for a number or a mailbox. */
export const FEWEST_KEY_CHARS = 4
const PHONE_TAIL = 7
const LAST_FOUR = 4

/** What is searched of an account. */
export interface SearchedAccount {
  accountNumber: string
  meterNumber: string
  name: string
  line1: string
  line2?: string
  city: string
  postalCode: string
  /** E.164 */
  phones: readonly string[]
  email?: string
  closed: boolean
}

/** Words of name and place, the postal code and the last four digits of each phone, each after its field. */
export function wordsOf({ name, line1, line2, city, postalCode, phones }: SearchedAccount): string[] {
  const places = [line1, line2 ?? '', city].flatMap((line) => placeWords(line).map(({ field, word }) => field + word))
  const numbers = [postalCode.slice(0, 5), ...phones.map((phone) => phone.slice(-LAST_FOUR))].map((number) => `#${plainText(number)}`)
  return [...nameWords(name).map((word) => `n${word}`), ...places, ...numbers]
}

/** Account and meter number without letters, each phone whole and without its area. */
export function digitsOf({ accountNumber, meterNumber, phones }: SearchedAccount): string[] {
  const national = phones.map((phone) => phone.replace(/^\+1?/, ''))
  const all = [accountNumber, meterNumber, ...national, ...national.map((phone) => phone.slice(-PHONE_TAIL))].map((text) => text.replace(/\D/g, '').slice(0, DIGIT_CHARS))
  return [...new Set(all)].filter((digits) => digits.length >= FEWEST_KEY_CHARS)
}

export function mailboxOf(email: string): string {
  return plainText(email.split('@')[0]!).replace(/[^a-z0-9]/g, '')
}

/** Null unless a number was typed, with the letters and signs that numbers have. */
export function digitsTyped(typed: string): string | null {
  const plain = plainText(typed).trim()
  if (!/^\+?[a-z]{0,2}[\d\s().\-/]+$/.test(plain)) return null
  const digits = plain.replace(/\D/g, '')
  return (digits.length === 11 && digits.startsWith('1')) || plain.startsWith('+1') ? digits.slice(1) : digits.slice(0, DIGIT_CHARS)
}

/** Null unless it could be the beginning of a mail address. */
export function mailboxTyped(typed: string): string | null {
  const plain = plainText(typed).trim()
  return /^[a-z][a-z0-9._+-]*(@[a-z0-9.-]*)?$/.test(plain) ? plain.split('@')[0]!.replace(/[^a-z0-9]/g, '').slice(0, 2 * MAILBOX_CHARS) : null
}
