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
 * Every fact of an account, as factText tells it. A flat is listed twice: beside the others of its building, and alone,
 * for the list of a building may be long.
 * @param line its address as streetAndUnit gives it, where that is known
 */
export function factsOf({ personal, meterNumber, servicePoint }: Account, line = streetAndUnit(personal.address)): string[] {
  const facts = personal.phones.map((phone) => `phone:${phone}`)
  if (personal.email) facts.push(`email:${personal.email}`)
  facts.push(`meter:${meterNumber}`, `servicepoint:${servicePoint}`, addressText(line.street, ''))
  if (line.unit) facts.push(addressText(line.street, line.unit))
  return facts
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

/** 48 bits of a fact: two lanes of multiply and xor, mixed at the end so that neighbouring numbers land far apart. */
export function writeFact(fact: string, target: Buffer, at: number): void {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (let index = 0; index < fact.length; index++) {
    const code = fact.charCodeAt(index)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x5bd1e995)
    low ^= low >>> 15
  }
  high = Math.imul(high ^ (high >>> 16) ^ low, 0xc2b2ae35)
  high ^= high >>> 13
  low = Math.imul(low ^ (low >>> 16) ^ high, 0x27d4eb2f)
  low ^= low >>> 15
  target.writeUInt16BE(high & 0xffff, at)
  target.writeUInt32BE(low >>> 0, at + 2)
}

export function factBytes(fact: string): Buffer {
  const bytes = Buffer.allocUnsafe(FACT_BYTES)
  writeFact(fact, bytes, 0)
  return bytes
}

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
