import type { Account } from '../../../domain/account.ts'
import { streetAndUnit } from '../../../domain/address-key.ts'

export const FACT_BYTES = 6
export const FACT_BUCKETS = 2 ** 18

/** One thing by which an account is found: a phone as E.164, a street line in any spelling (with its unit for that one alone). */
export type AccountFact = { phone: string } | { email: string } | { meterNumber: string } | { servicePoint: string } | { address: string }

/** Equal for spellings of one fact. */
export function factText(fact: AccountFact): string {
  if ('phone' in fact) return `phone:${fact.phone}`
  if ('email' in fact) return `email:${fact.email.trim().toLowerCase()}`
  if ('meterNumber' in fact) return `meter:${fact.meterNumber.trim()}`
  if ('servicePoint' in fact) return `servicepoint:${fact.servicePoint.trim()}`
  const { street, unit } = streetAndUnit({ line1: fact.address })
  return addressText(street, unit)
}

/**
 * Writes the bytes of every fact of an account, each as factBytes tells it. A flat is listed twice: beside the others of its building,
 * and alone, for the list of a building may be long.
 * @param line its address as streetAndUnit gives it
 * @returns how many facts
 */
export function writeFacts({ personal, meterNumber, servicePoint }: Account, line: { street: string; unit: string }, target: Buffer, from: number): number {
  let at = from
  for (const phone of personal.phones) at = writeFact(PHONE, phone, target, at)
  if (personal.email) at = writeFact(EMAIL, personal.email, target, at)
  at = writeFact(METER, meterNumber, target, at)
  at = writeFact(SERVICE_POINT, servicePoint, target, at)
  at = writeFact(ADDRESS, line.street, target, at)
  if (line.unit) {
    // Goes on behind the street.
    mix(' apt ')
    mix(line.unit)
    at = writeLanes(target, at)
  }
  return (at - from) / FACT_BYTES
}

/** Whether a fact, as factText tells it, is one of the account's: of entries that share 48 bits, or are stale, only that decides. */
export function hasFact(account: Account, fact: string): boolean {
  const { personal, meterNumber, servicePoint } = account
  if (fact.startsWith('phone:')) return personal.phones.includes(fact.slice('phone:'.length))
  if (fact.startsWith('email:')) return personal.email === fact.slice('email:'.length)
  if (fact.startsWith('meter:')) return meterNumber === fact.slice('meter:'.length)
  if (fact.startsWith('servicepoint:')) return servicePoint === fact.slice('servicepoint:'.length)
  const { street, unit } = streetAndUnit(personal.address)
  return fact === addressText(street, '') || fact === addressText(street, unit)
}

function addressText(street: string, unit: string): string {
  return `address:${street}${unit && ` apt ${unit}`}`
}

export function factBytes(fact: string): Buffer {
  const bytes = Buffer.allocUnsafe(FACT_BYTES)
  writeFact(FIRST_LANES, fact, bytes, 0)
  return bytes
}

type Lanes = readonly [high: number, low: number]

/** Here and not handed on: millions are told, and each pair would be memory. */
let highLane = 0
let lowLane = 0

/** Two lanes of multiply and xor over a text, going on from where they stand after the text before it. */
function mix(text: string): void {
  let [high, low] = [highLane, lowLane]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x5bd1e995)
    low ^= low >>> 15
  }
  highLane = high
  lowLane = low
}

function lanesAfter(text: string, [high, low]: Lanes): Lanes {
  highLane = high
  lowLane = low
  mix(text)
  return [highLane, lowLane]
}

/** @returns behind it */
function writeFact([high, low]: Lanes, text: string, target: Buffer, at: number): number {
  highLane = high
  lowLane = low
  mix(text)
  return writeLanes(target, at)
}

/** 48 bits of both lanes, mixed so that neighbouring numbers land far apart. @returns behind them */
function writeLanes(target: Buffer, at: number): number {
  let high = Math.imul(highLane ^ (highLane >>> 16) ^ lowLane, 0xc2b2ae35)
  high ^= high >>> 13
  let low = Math.imul(lowLane ^ (lowLane >>> 16) ^ high, 0x27d4eb2f)
  low ^= low >>> 15
  target[at] = high >> 8
  target[at + 1] = high
  for (let byte = 0; byte < 4; byte++) target[at + 2 + byte] = low >>> (24 - 8 * byte)
  return at + FACT_BYTES
}

const FIRST_LANES: Lanes = [0x9e3779b9, 0x85ebca6b]
const [PHONE, EMAIL, METER, SERVICE_POINT, ADDRESS] = [
  lanesAfter('phone:', FIRST_LANES), lanesAfter('email:', FIRST_LANES), lanesAfter('meter:', FIRST_LANES),
  lanesAfter('servicepoint:', FIRST_LANES), lanesAfter('address:', FIRST_LANES),
]

/**
 * Lua: where a fact is listed: its first 18 bits name a sorted set, the rest begins the member that the packed account key ends.
 * All scores are 0, so that the members of one fact are a range of bytes.
 */
export const LUA_FACT_ENTRY = `local function factsKey(generation, fact)
  local first, second, third = string.byte(fact, 1, 3)
  return 'accounts:' .. generation .. ':f:' .. (first * 1024 + second * 4 + math.floor(third / 64))
end
local function factMember(fact, key) return string.sub(fact, 3) .. key end`

/** The bucket that LUA_FACT_ENTRY names. */
export function factBucket(facts: Uint8Array, at: number): number {
  return facts[at]! * 1024 + facts[at + 1]! * 4 + (facts[at + 2]! >> 6)
}

export function factKeyOf(generation: string, fact: Uint8Array): string {
  return `accounts:${generation}:f:${factBucket(fact, 0)}`
}
