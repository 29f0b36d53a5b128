import { accountNumberKey, type Account, type Address } from './account.ts'
import { addressKey, streetAndUnit } from './address-key.ts'
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
const COUNTRY = new Set(['us', 'usa'])

/**
 * The account that a report is about, or none: never the likeliest of several.
 * An account number decides alone. A typed address says where the power is out, so that a phone whose account
 * lives elsewhere does not; by itself it must name one premise among all: by town or postal code where a street is in
 * several, by its unit where a building has several. A phone of several premises is decided by the address, or by a good location near one of them.
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
  const there = only(uncut(evidence.address).filter((account) => standsAt(typed, account)))
  // A building is not one of its flats, though only one may be known.
  if (!there || (typed.unit === undefined && streetAndUnit(there.personal.address).unit !== '')) return null
  return { account: there, matchedBy: 'address' }
}

/**
 * What to look up for a typed address: street lines, each with the unit when one was typed, the longest first.
 * The line may end anywhere before the postal code or the town.
 */
export function addressQueries(typed: string): string[] {
  const { line, unit } = readAddress(typed)
  const queries: string[] = []
  for (let length = Math.min(line.length, MAX_LINE_WORDS); length >= 2; length--) {
    queries.push([...line.slice(0, length), ...(unit === undefined ? [] : ['apt', unit])].join(' '))
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
  /** Every word but the unit's. */
  words: ReadonlySet<string>
  unit?: string
  /** The words before the postal code: the street, perhaps followed by the town. */
  line: readonly string[]
  /** Five digits. */
  postalCode?: string
}

function readAddress(typed: string): TypedAddress {
  const all = addressKey(typed).split(' ')
  const unitAt = all.indexOf('apt')
  const unit = unitAt === -1 ? undefined : all[unitAt + 1]
  const words = unitAt === -1 ? all : [...all.slice(0, unitAt), ...all.slice(unitAt + 2)]
  const postalAt = words.findLastIndex((word, index) => index >= 2 && /^\d{5}$/.test(word))
  return { words: new Set(words), unit, ...(postalAt === -1 ? { line: words } : { line: words.slice(0, postalAt), postalCode: words[postalAt] }) }
}

/** For an account that another fact names already: same house number and street words, and nothing that says otherwise. */
function agrees(typed: TypedAddress, { personal: { address } }: Account): boolean {
  const { street, unit } = streetAndUnit(address)
  const words = street.split(' ')
  const names = words.filter((word) => !SUFFIXES.has(word) && !DIRECTIONS.has(word))
  if (names.length < 2 || !names.every((word) => typed.words.has(word))) return false
  if (contradicts(typed.words, words, SUFFIXES) || contradicts(typed.words, words, DIRECTIONS)) return false
  if (typed.unit !== undefined && typed.unit !== unit) return false
  return typed.postalCode === undefined || typed.postalCode === postalCodeOf(address)
}

/** For an account that nothing else names: exactly this street line, and after it nothing but the account's own town. */
function standsAt(typed: TypedAddress, { personal: { address } }: Account): boolean {
  const { street, unit } = streetAndUnit(address)
  const words = street.split(' ')
  if (typed.unit !== undefined && typed.unit !== unit) return false
  if (!words.every((word, index) => word === typed.line[index])) return false
  return typed.postalCode === undefined ? isTown(typed.line.slice(words.length), address) : typed.postalCode === postalCodeOf(address)
}

/** Town, state and country as far as they were typed. The state may be one that is not recorded: two letters. */
function isTown(typed: readonly string[], { city, state }: Address): boolean {
  const cityWords = addressKey(city).split(' ')
  const rest = cityWords.every((word, index) => word === typed[index]) ? typed.slice(cityWords.length) : typed
  const stateWords = state === undefined ? [] : addressKey(state).split(' ')
  const isUnrecorded = (word: string): boolean => state === undefined && rest !== typed && word.length === 2
  return rest.every((word) => stateWords.includes(word) || COUNTRY.has(word) || isUnrecorded(word))
}

function postalCodeOf({ postalCode }: Address): string {
  return addressKey(postalCode).split(' ')[0]!
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
