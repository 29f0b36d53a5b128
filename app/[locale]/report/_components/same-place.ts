import { streetAndUnit } from '../../../../domain/address-key.ts'
import type { ReportContent } from '../../../../worker/outbox/save-report.ts'

export type Place = ReportContent['place']

/** A house number, a street and what kind of street: less is not yet an address. */
const ADDRESS_WORDS = 3
const PHONE_DIGITS = 10
/** Two fixes of one house lie this near, on top of what each says of itself. */
const NEAR_METERS = 50
const FURTHEST_ERROR_METERS = 100
const METERS_PER_DEGREE = 111_320

/** Whether two ways of saying where mean one place, as far as a phone can tell: one fact in common is enough. */
export function samePlace(one: Place, other: Place): boolean {
  return (
    sameText(one.accountNumber, other.accountNumber, accountKey) ||
    sameText(one.phone, other.phone, phoneKey) ||
    sameAddress(one.address, other.address) ||
    sameLocation(one.location, other.location)
  )
}

function sameText(one: string | undefined, other: string | undefined, keyOf: (text: string) => string): boolean {
  const [key, otherKey] = [keyOf(one ?? ''), keyOf(other ?? '')]
  return key !== '' && key === otherKey
}

function accountKey(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()
}

/** With or without the country in front; too few digits are no number. */
function phoneKey(text: string): string {
  const digits = text.replace(/\D/g, '')
  return digits.length < PHONE_DIGITS ? '' : digits.slice(-PHONE_DIGITS)
}

/** The town may be left out of one of them; the flat may not. */
function sameAddress(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false
  const [a, b] = [streetAndUnit({ line1: one }), streetAndUnit({ line1: other })]
  const [short, long] = a.street.length <= b.street.length ? [a.street, b.street] : [b.street, a.street]
  if (short.split(' ').length < ADDRESS_WORDS || !/\d/.test(short)) return false
  return (long === short || long.startsWith(`${short} `)) && flatOf(a.unit) === flatOf(b.unit)
}

/** What follows a flat's number in one line is the town. */
function flatOf(unit: string): string {
  return unit.split(' ', 1)[0]!
}

function sameLocation(one: Place['location'], other: Place['location']): boolean {
  if (!one || !other) return false
  const northMeters = (one.latitude - other.latitude) * METERS_PER_DEGREE
  const eastMeters = (one.longitude - other.longitude) * METERS_PER_DEGREE * Math.cos((one.latitude * Math.PI) / 180)
  const errorMeters = Math.min(FURTHEST_ERROR_METERS, Math.max(one.accuracyMeters, other.accuracyMeters))
  return Math.hypot(northMeters, eastMeters) <= NEAR_METERS + errorMeters
}
