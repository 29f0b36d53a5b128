import { accountNumberKey, type Account } from './account.ts'
import { addressKey } from './address-key.ts'
import type { OutageMatched, OutageReported } from './event.ts'

type Place = OutageReported['personal']['place']

/** What the look-ups found for one report. A list of MAX_CANDIDATES may be cut off and proves nothing. */
export interface MatchEvidence {
  accountNumber: readonly Account[]
  phone: readonly Account[]
  address: readonly Account[]
}

export interface Match {
  account: Account
  matchedBy: OutageMatched['matchedBy']
}

export const MAX_CANDIDATES = 20
const MAX_LINE_WORDS = 8
/** A phone's fix decides between premises only when it is at least this good, and only for a premise this near. */
const MAX_ACCURACY_METERS = 100
const NEAR_METERS = 50
const METERS_PER_DEGREE = 111_320

const SUFFIXES = new Set(['st', 'ave', 'rd', 'dr', 'ln', 'ct', 'pl', 'blvd', 'ter', 'cir', 'hwy', 'pkwy', 'sq', 'trl', 'way', 'loop', 'alley'])
const DIRECTIONS = new Set(['n', 's', 'e', 'w', 'ne', 'nw', 'se', 'sw'])

/**
 * The account that a report is about, or none: never the likeliest of several.
 * An account number decides alone. A typed address says where the power is out, so that a phone whose account
 * lives elsewhere does not. A phone of several premises is decided by the address, or by a good location near one of them.
 */
export function decideMatch(place: Place, evidence: MatchEvidence): Match | null {
  const numbered = only(evidence.accountNumber.filter((account) => place.accountNumber && sameNumber(account, place.accountNumber)))
  if (numbered) return { account: numbered, matchedBy: 'account-number' }
  const phoned = uncut(evidence.phone)
  if (place.address === undefined) {
    const phone = only(phoned)
    if (phone) return { account: phone, matchedBy: 'phone' }
    const near = nearOne(phoned, place.location)
    return near && { account: near, matchedBy: 'location' }
  }
  const typed = readAddress(place.address)
  const phoneThere = only(phoned.filter((account) => agrees(typed, account)))
  if (phoneThere) return { account: phoneThere, matchedBy: only(phoned) ? 'phone' : 'address' }
  const there = only(uncut(evidence.address).filter((account) => agrees(typed, account)))
  return there && { account: there, matchedBy: 'address' }
}

/**
 * What to look up for a typed address: address keys of first line and postal code, the longest line first.
 * Nothing for an address without a postal code: the same street may be in two towns.
 */
export function addressQueries(typed: string): string[] {
  const words = addressKey(typed).split(' ')
  const postalAt = words.findLastIndex((word, index) => index >= 2 && /^\d{5}$/.test(word))
  if (postalAt === -1) return []
  const queries: string[] = []
  for (let length = Math.min(postalAt, MAX_LINE_WORDS); length >= 2; length--) {
    queries.push([...words.slice(0, length), words[postalAt]].join(' '))
  }
  return queries
}

function sameNumber(account: Account, typed: string): boolean {
  return accountNumberKey(account.accountNumber) === accountNumberKey(typed)
}

function uncut(accounts: readonly Account[]): readonly Account[] {
  return accounts.length < MAX_CANDIDATES ? accounts : []
}

/** The one account of a list, however often it stands there. */
function only(accounts: readonly Account[]): Account | null {
  const [first] = accounts
  return first && accounts.every((account) => sameNumber(account, first.accountNumber)) ? first : null
}

interface TypedAddress {
  words: ReadonlySet<string>
  unit?: string
  postalCodes: string[]
}

function readAddress(typed: string): TypedAddress {
  const words = addressKey(typed).split(' ')
  const unitAt = words.indexOf('apt')
  const unit = unitAt === -1 ? undefined : words[unitAt + 1]
  const street = unitAt === -1 ? words : [...words.slice(0, unitAt), ...words.slice(unitAt + 2)]
  return { words: new Set(street), unit, postalCodes: street.slice(1).filter((word) => /^\d{5}$/.test(word)) }
}

/** Same house number and street words, and no suffix, direction, unit or postal code that says otherwise. */
function agrees(typed: TypedAddress, account: Account): boolean {
  const { line1, line2, postalCode } = account.personal.address
  const words = addressKey(line1).split(' ')
  const unitAt = words.indexOf('apt')
  const street = unitAt === -1 ? words : words.slice(0, unitAt)
  const unit = unitAt === -1 ? line2 && addressKey(line2).replace(/^apt /, '') : words.slice(unitAt + 1).join(' ')
  const names = street.filter((word) => !SUFFIXES.has(word) && !DIRECTIONS.has(word))
  if (names.length < 2 || !names.every((word) => typed.words.has(word))) return false
  if (contradicts(typed.words, street, SUFFIXES) || contradicts(typed.words, street, DIRECTIONS)) return false
  if (typed.unit !== undefined && typed.unit !== unit) return false
  return typed.postalCodes.length === 0 || typed.postalCodes.includes(addressKey(postalCode).split(' ')[0]!)
}

/** Both name a word of this kind, and not the same one. */
function contradicts(typed: ReadonlySet<string>, street: readonly string[], kind: ReadonlySet<string>): boolean {
  const own = street.filter((word) => kind.has(word))
  return own.length > 0 && [...typed].some((word) => kind.has(word)) && !own.every((word) => typed.has(word))
}

function nearOne(accounts: readonly Account[], location: Place['location']): Account | null {
  if (!location || location.accuracyMeters > MAX_ACCURACY_METERS) return null
  const distances = accounts.map((account) => ({ account, meters: metersBetween(location, account.personal) }))
  if (distances.some(({ meters }) => meters === null)) return null
  const reachMeters = location.accuracyMeters + NEAR_METERS
  const near = distances.filter(({ meters }) => meters! <= reachMeters)
  const maybe = distances.filter(({ meters }) => meters! <= 2 * reachMeters)
  return near.length > 0 && maybe.length === near.length ? only(near.map(({ account }) => account)) : null
}

/** Over the few kilometres of a service area the earth is flat enough. */
function metersBetween(from: { latitude: number; longitude: number }, to: { latitude?: number; longitude?: number }): number | null {
  if (to.latitude === undefined || to.longitude === undefined) return null
  const north = (to.latitude - from.latitude) * METERS_PER_DEGREE
  const east = (to.longitude - from.longitude) * METERS_PER_DEGREE * Math.cos((from.latitude * Math.PI) / 180)
  return Math.hypot(north, east)
}
