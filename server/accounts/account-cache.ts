import type { ChainableCommander, Redis } from 'ioredis'
import { accountNumberKey, type Account } from '../../domain/account.ts'
import { streetAndUnit } from '../../domain/address-key.ts'
import { fenceKeys, fenceValues, LUA_IS_FENCED, type ProjectionFence } from '../platform/projection-state.ts'
import { LUA_IS_BEFORE } from '../platform/redis.ts'

/** What stands under `account:{key}`. */
export interface CachedAccount {
  v: string
  asOf: string
  account: Account
  /** The look-ups under which it is listed, so that a newer value can leave the ones it lost. */
  by: string[]
}

export const accountCacheKey = (accountKey: string): string => `account:${accountKey}`
export const accountIndexKey = (entry: string): string => `account-by:${entry}`

/** A flat is listed twice: beside the others of its building, and alone, for the list of a building may be long. */
function addressEntries(address: Account['personal']['address']): string[] {
  const { street, unit } = streetAndUnit(address)
  return [addressIndexEntry(street, ''), addressIndexEntry(street, unit)]
}

/** @param unit '' for all of the building */
export function addressIndexEntry(street: string, unit: string): string {
  return `address:${street}${unit && ` apt ${unit}`}`
}

/** `phone:+15555550123`, `meter:…`: every look-up by which an account is found. */
function accountIndexEntries({ personal, meterNumber, servicePoint }: Account): string[] {
  const entries = personal.phones.map((phone) => `phone:${phone}`)
  if (personal.email) entries.push(`email:${personal.email}`)
  entries.push(`meter:${meterNumber}`, `servicepoint:${servicePoint}`, ...addressEntries(personal.address))
  return [...new Set(entries)]
}

/** An older value never replaces a newer one, whoever writes first: the projector or a reader that filled a miss. */
const PUT_ACCOUNT = `${LUA_IS_BEFORE}
${LUA_IS_FENCED}
if KEYS[2] and isFenced() then return -1 end
local version, account, value = ARGV[3], ARGV[4], ARGV[5]
local held = redis.call('GET', KEYS[1])
if held then
  local heldVersion = string.match(held, '^{"v":"([^"]*)"')
  if heldVersion and not isBefore(heldVersion, version) then return 0 end
  for _, entry in ipairs(cjson.decode(held).by or {}) do redis.call('SREM', 'account-by:' .. entry, account) end
else
  redis.call('INCR', 'accounts:count')
end
redis.call('SET', KEYS[1], value)
for index = 6, #ARGV do redis.call('SADD', 'account-by:' .. ARGV[index], account) end
return 1`

interface WithPutAccount {
  putAccount(keys: number, ...parameters: string[]): unknown
}

const defined = new WeakSet<Redis>()

/**
 * Puts accounts into Redis by compare-and-set, in one pipeline.
 * @param fence of a projector's batch: what comes after the projection has moved away from there is not put
 * @returns false when it had moved
 */
export async function putAccounts(
  redis: Redis,
  accounts: readonly { version: string; asOf: string; account: Account }[],
  fence?: ProjectionFence,
): Promise<boolean> {
  if (accounts.length === 0) return true
  if (!defined.has(redis)) {
    redis.defineCommand('putAccount', { lua: PUT_ACCOUNT })
    defined.add(redis)
  }
  const pipeline = redis.pipeline()
  const puts = pipeline as ChainableCommander & WithPutAccount
  for (const { version, asOf, account } of accounts) {
    const accountKey = accountNumberKey(account.accountNumber)
    const by = accountIndexEntries(account)
    const value: CachedAccount = { v: version, asOf, account, by }
    const keys = [accountCacheKey(accountKey), ...(fence ? fenceKeys(fence) : [])]
    puts.putAccount(keys.length, ...keys, ...(fence ? fenceValues(fence) : ['', '']), version, accountKey, JSON.stringify(value), ...by)
  }
  const answers = (await pipeline.exec()) ?? []
  for (const [error] of answers) if (error) throw error
  return !answers.some(([, answer]) => answer === -1)
}
