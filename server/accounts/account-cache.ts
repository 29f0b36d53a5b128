import type { ChainableCommander, Redis } from 'ioredis'
import { accountNumberKey, type Account, type Known } from '../../domain/account.ts'
import { fenceKeys, fenceValues, LUA_IS_FENCED, type ProjectionFence } from '../platform/projection-state.ts'
import { LUA_IS_BEFORE } from '../platform/redis.ts'
import { factBytes, hasFact, LUA_FACT_ENTRY } from './cache/account-facts.ts'
import { LUA_RECORDS_KEY, packAccountKey } from './cache/account-key-bytes.ts'
import { decodeRecord, encodeRecord, LUA_HEAD_OF, type AccountEntry } from './cache/account-record.ts'
import { cacheKeys, LUA_LIVE, LUA_WRITTEN } from './cache/cache-keys.ts'

/**
 * An older value never replaces a newer one, whoever writes first: the projector, a reader that filled a miss, or who builds
 * a generation. A value goes into every generation, so that a flip, forth or back, shows no older one.
 * ARGV: the fence's two values, packed key, record, and the one generation that is meant, or ''.
 */
const PUT_ACCOUNT = `${LUA_IS_BEFORE}
${LUA_IS_FENCED}
${LUA_RECORDS_KEY}
${LUA_FACT_ENTRY}
${LUA_HEAD_OF}
${LUA_WRITTEN}
if KEYS[2] and isFenced() then return -1 end
local key, record, only = ARGV[3], ARGV[4], ARGV[5]
local facts, version = headOf(record)
local function putInto(generation)
  local records = recordsKey(generation, key)
  local held = redis.call('HGET', records, key)
  local wasOpen = 0
  if held then
    local heldFacts, heldVersion = headOf(held)
    -- The same in another encoding: this one is what readers of today understand.
    local again = heldVersion == version and string.byte(held, 1) ~= string.byte(record, 1)
    if not again and not isBefore(heldVersion, version) then return false end
    for index = 1, heldFacts do
      local fact = factOf(held, index)
      redis.call('ZREM', factsKey(generation, fact), factMember(fact, key))
    end
    if heldFacts > 0 then wasOpen = 1 end
  end
  redis.call('HSET', records, key, record)
  for index = 1, facts do
    local fact = factOf(record, index)
    redis.call('ZADD', factsKey(generation, fact), 0, factMember(fact, key))
  end
  local opened = (facts > 0 and 1 or 0) - wasOpen
  if opened ~= 0 then redis.call('HINCRBY', 'accounts:' .. generation .. ':about', 'accounts', opened) end
  return true
end
local written, building = writtenGenerations()
for _, generation in ipairs(written) do
  if only == '' then
    if putInto(generation) and generation == building then redis.call('RPUSH', 'accounts:' .. generation .. ':changes', key) end
  elseif only == generation then
    putInto(generation)
  end
end
return 1`

const GET_ACCOUNTS = `${LUA_RECORDS_KEY}
${LUA_LIVE}
local live, found = liveGeneration(), {}
for index = 1, #ARGV do found[index] = redis.call('HGET', recordsKey(live, ARGV[index]), ARGV[index]) end
return found`

/** ARGV: how many of a fact, then each fact with the key to go on after ('' to begin). Answers with key, record, key, record… of each. */
const FIND_ACCOUNTS = `${LUA_RECORDS_KEY}
${LUA_FACT_ENTRY}
${LUA_LIVE}
local function above(prefix)
  for index = #prefix, 1, -1 do
    local byte = string.byte(prefix, index)
    if byte < 255 then return '(' .. string.sub(prefix, 1, index - 1) .. string.char(byte + 1) end
  end
  return '+'
end
local live, answers = liveGeneration(), {}
for at = 2, #ARGV, 2 do
  local fact, after = ARGV[at], ARGV[at + 1]
  local prefix = string.sub(fact, 3)
  local from = after == '' and '[' .. prefix or '(' .. prefix .. after
  local found = {}
  for _, member in ipairs(redis.call('ZRANGEBYLEX', factsKey(live, fact), from, above(prefix), 'LIMIT', 0, ARGV[1])) do
    local key = string.sub(member, #prefix + 1)
    found[#found + 1] = key
    found[#found + 1] = redis.call('HGET', recordsKey(live, key), key)
  end
  answers[#answers + 1] = found
end
return answers`

/** Of one script: Redis answers nobody else while it runs. */
const KEYS_AT_ONCE = 200
const FACTS_AT_ONCE = 50

interface WithCacheScripts {
  putAccount(keys: number, ...parameters: (string | Buffer)[]): unknown
  getAccountsBuffer(keys: number, ...parameters: (string | Buffer)[]): Promise<(Buffer | null)[]>
  findAccountsBuffer(keys: number, ...parameters: (string | Buffer | number)[]): Promise<(Buffer | null)[][]>
}

const defined = new WeakSet<Redis>()

function withScripts(redis: Redis): Redis & WithCacheScripts {
  if (!defined.has(redis)) {
    redis.defineCommand('putAccount', { lua: PUT_ACCOUNT })
    redis.defineCommand('getAccounts', { lua: GET_ACCOUNTS })
    redis.defineCommand('findAccounts', { lua: FIND_ACCOUNTS })
    defined.add(redis)
  }
  // defineCommand has added them.
  return redis as Redis & WithCacheScripts
}

/**
 * Puts accounts into Redis by compare-and-set, in one pipeline, closed ones as tombstones.
 * @param fence of a projector's batch: what comes after the projection has moved away from there is not put
 * @returns false when it had moved
 */
export async function putAccounts(redis: Redis, entries: readonly AccountEntry[], fence?: ProjectionFence): Promise<boolean> {
  const records = entries.map((entry): [Buffer, Buffer] => [packAccountKey(accountNumberKey(numberOf(entry))), encodeRecord(entry)])
  const answers = await put(redis, records, '', fence)
  return !answers.includes(-1)
}

/** The same for records of one generation, as long as it is written to. */
export async function putRecordsInto(redis: Redis, generation: string, records: readonly [packedKey: Buffer, record: Buffer][]): Promise<void> {
  await put(redis, records, generation)
}

async function put(redis: Redis, records: readonly [packedKey: Buffer, record: Buffer][], only: string, fence?: ProjectionFence): Promise<unknown[]> {
  if (records.length === 0) return []
  const pipeline = withScripts(redis).pipeline()
  const puts = pipeline as ChainableCommander & WithCacheScripts
  const keys = [cacheKeys.generations, ...(fence ? fenceKeys(fence) : [])]
  const place = fence ? fenceValues(fence) : ['', '']
  for (const [packedKey, record] of records) puts.putAccount(keys.length, ...keys, ...place, packedKey, record, only)
  const answers = (await pipeline.exec()) ?? []
  return answers.map(([error, answer]) => {
    if (error) throw error
    return answer
  })
}

function numberOf(entry: AccountEntry): string {
  return 'closed' in entry ? entry.accountNumber : entry.account.accountNumber
}

/** Those of the accounts that Redis has, in the order asked: the closed ones are not among them. */
export async function accountsFromRedis(redis: Redis, accountKeys: readonly string[]): Promise<Known<Account>[]> {
  if (accountKeys.length === 0) return []
  const packed = accountKeys.map(packAccountKey)
  const answers = await Promise.all(parts(packed, KEYS_AT_ONCE).map((part) => withScripts(redis).getAccountsBuffer(1, cacheKeys.generations, ...part)))
  const records = answers.flat()
  return records.flatMap((record, index) => knownFrom(packed[index]!, record) ?? [])
}

/**
 * The accounts of each fact, as factText tells it, by account number, `most` of each at the most. One round trip, and another one
 * only for facts whose entries were cut off before there were enough.
 */
export async function accountsByFacts(redis: Redis, facts: readonly string[], most: number): Promise<Known<Account>[][]> {
  const found = facts.map((): Known<Account>[] => [])
  let open = facts.map((fact, index) => ({ fact, index, bytes: factBytes(fact), after: '' as string | Buffer }))
  while (open.length > 0) {
    const asked = parts(open, FACTS_AT_ONCE).map((part) => withScripts(redis).findAccountsBuffer(1, cacheKeys.generations, most, ...part.flatMap(({ bytes, after }) => [bytes, after])))
    const answers = (await Promise.all(asked)).flat()
    open = open.flatMap((question, turn) => {
      const answer = answers[turn]!
      for (let at = 0; at < answer.length; at += 2) {
        const known = knownFrom(answer[at]!, answer[at + 1] ?? null)
        if (known && hasFact(known.value, question.fact)) found[question.index]!.push(known)
      }
      const cut = answer.length === 2 * most && found[question.index]!.length < most
      return cut ? [{ ...question, after: answer.at(-2)! }] : []
    })
  }
  return found.map((accounts) => accounts.sort(byKey).slice(0, most))
}

function parts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}

function byKey(one: Known<Account>, other: Known<Account>): number {
  return accountNumberKey(one.value.accountNumber) < accountNumberKey(other.value.accountNumber) ? -1 : 1
}

function knownFrom(packedKey: Buffer, record: Buffer | null): Known<Account> | null {
  const cached = record && decodeRecord(packedKey, record)
  return cached?.account ? { value: cached.account, version: cached.version, asOf: cached.asOf, source: 'redis' } : null
}

/** How many open accounts the live generation has. */
export async function countAccounts(redis: Redis): Promise<number> {
  const answer = await redis.eval(`${LUA_LIVE} return redis.call('HGET', 'accounts:' .. liveGeneration() .. ':about', 'accounts') or '0'`, 1, cacheKeys.generations)
  return Number(answer)
}
