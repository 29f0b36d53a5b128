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
  for (const phone of personal.phones) at = writeLanes(lanesAfter(phone, ...PHONE), target, at)
  if (personal.email) at = writeLanes(lanesAfter(personal.email, ...EMAIL), target, at)
  at = writeLanes(lanesAfter(meterNumber, ...METER), target, at)
  at = writeLanes(lanesAfter(servicePoint, ...SERVICE_POINT), target, at)
  const street = lanesAfter(line.street, ...ADDRESS)
  at = writeLanes(street, target, at)
  if (line.unit) at = writeLanes(lanesAfter(line.unit, ...lanesAfter(' apt ', ...street)), target, at)
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
  writeLanes(lanesAfter(fact, ...FIRST_LANES), bytes, 0)
  return bytes
}

type Lanes = readonly [high: number, low: number]

/** Two lanes of multiply and xor over a text, going on from where they stand after the text before it. */
function lanesAfter(text: string, high: number, low: number): Lanes {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x5bd1e995)
    low ^= low >>> 15
  }
  return [high, low]
}

/** 48 bits of both lanes, mixed so that neighbouring numbers land far apart. @returns behind them */
function writeLanes([first, second]: Lanes, target: Buffer, at: number): number {
  let high = Math.imul(first ^ (first >>> 16) ^ second, 0xc2b2ae35)
  high ^= high >>> 13
  let low = Math.imul(second ^ (second >>> 16) ^ high, 0x27d4eb2f)
  low ^= low >>> 15
  target.writeUInt16BE(high & 0xffff, at)
  return target.writeUInt32BE(low >>> 0, at + 2)
}

const FIRST_LANES: Lanes = [0x9e3779b9, 0x85ebca6b]
const [PHONE, EMAIL, METER, SERVICE_POINT, ADDRESS] = [
  lanesAfter('phone:', ...FIRST_LANES), lanesAfter('email:', ...FIRST_LANES), lanesAfter('meter:', ...FIRST_LANES),
  lanesAfter('servicepoint:', ...FIRST_LANES), lanesAfter('address:', ...FIRST_LANES),
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
