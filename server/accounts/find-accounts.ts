import type { Redis } from 'ioredis'
import { accountNumberKey, type Account } from '../../domain/account.ts'
import { streetAndUnit } from '../../domain/address-key.ts'
import { MAX_CANDIDATES } from '../../domain/matching.ts'
import type { Database } from '../platform/database.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import { StoreUnavailableError } from '../platform/guarded-store.ts'
import { redisProjectionState } from '../platform/projection-state.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { accountsByFacts, accountsFromRedis } from './account-cache.ts'
import { accountFromRow } from './account-from-row.ts'
import { factText } from './cache/account-facts.ts'

/** What a report tells of its account: a number as typed, a phone as E.164, or a street line (with its unit for that one alone). */
export type ReportedFact = { accountNumber: string } | { phone: string } | { address: string }

/**
 * The accounts of many facts at once, MAX_CANDIDATES of a fact at the most, in the order of the facts: from Redis when it
 * is whole, else from Postgres, each in a few commands however many facts there are. Nothing is filled or waited for.
 * Throws ReadsUnavailableError.
 */
export async function findAccounts(sources: ReadSources, facts: readonly ReportedFact[]): Promise<Account[][]> {
  if (facts.length === 0) return []
  const inRedis = await sources.redis.use((redis) => findInRedis(redis, facts)).catch(unknownStore)
  return inRedis ?? (await sources.prisma.use((database) => findInPostgres(database, facts)).catch(unknownStore)) ?? unavailable()
}

/**
 * Accounts by their numbers, keyed by accountNumberKey: from Redis, and what that has not from Postgres.
 * One that is missing may be on its way. Throws ReadsUnavailableError when that is not even known.
 */
export async function findNumbers(sources: ReadSources, accountNumbers: readonly string[]): Promise<Map<string, Account>> {
  const keys = [...new Set(accountNumbers.map(accountNumberKey))]
  const found = await sources.redis.use((redis) => redisByKey(redis, keys)).catch(unknownStore)
  const missing = keys.filter((key) => !found?.has(key))
  if (missing.length === 0) return found ?? new Map()
  const stored = await sources.prisma.use((database) => postgresByKey(database, missing)).catch(unknownStore)
  if (!stored && !(found && (await isWhole(sources)))) unavailable()
  return new Map([...(found ?? []), ...(stored ?? [])])
}

/** Null when Redis is not whole: what it lacks may then be somewhere else. */
async function findInRedis(redis: Redis, facts: readonly ReportedFact[]): Promise<Account[][] | null> {
  const [numbered, listed] = await Promise.all([
    redisByKey(redis, facts.flatMap((fact) => ('accountNumber' in fact ? [accountNumberKey(fact.accountNumber)] : []))),
    accountsByFacts(redis, facts.flatMap((fact) => ('accountNumber' in fact ? [] : [factText(fact)])), MAX_CANDIDATES),
  ])
  // Asked last: what was lost before this was answered shows.
  const { whole } = await redisProjectionState(redis, 'accounts')
  if (!whole) return null
  let next = 0
  return facts.map((fact) => {
    if ('accountNumber' in fact) return [numbered.get(accountNumberKey(fact.accountNumber)) ?? []].flat()
    return listed[next++]!.map(({ value }) => value)
  })
}

async function findInPostgres(database: Database, facts: readonly ReportedFact[]): Promise<Account[][]> {
  const phones = facts.flatMap((fact) => ('phone' in fact ? [fact.phone] : []))
  const lines = facts.flatMap((fact) => ('address' in fact ? [streetAndUnit({ line1: fact.address })] : []))
  const [withPhone, atLine] = await Promise.all([keysWithPhone(database, phones), keysAtLine(database, lines)])
  let phone = 0
  let line = 0
  const members = facts.map((fact) => {
    if ('accountNumber' in fact) return [accountNumberKey(fact.accountNumber)]
    return ('phone' in fact ? withPhone[phone++] : atLine[line++]) ?? []
  })
  return accountsOf(members, await postgresByKey(database, [...new Set(members.flat())]))
}

interface KeyOfFact {
  /** Of the fact, from 1. */
  ordinality: number
  accountKey: string
}

async function keysWithPhone(database: Database, phones: readonly string[]): Promise<string[][]> {
  if (phones.length === 0) return []
  const rows = await database.$queryRaw<KeyOfFact[]>`
    SELECT fact.ordinality::int, found.account_key AS "accountKey"
    FROM unnest(${phones}::text[]) WITH ORDINALITY AS fact (phone, ordinality) CROSS JOIN LATERAL (
      SELECT account_key FROM portal.account_phone WHERE phone = fact.phone ORDER BY account_key LIMIT ${MAX_CANDIDATES}
    ) AS found`
  return grouped(rows, phones.length)
}

async function keysAtLine(database: Database, lines: readonly { street: string; unit: string }[]): Promise<string[][]> {
  if (lines.length === 0) return []
  const rows = await database.$queryRaw<KeyOfFact[]>`
    SELECT fact.ordinality::int, found.account_key AS "accountKey"
    FROM unnest(${lines.map(({ street }) => street)}::text[], ${lines.map(({ unit }) => unit)}::text[])
      WITH ORDINALITY AS fact (street, unit, ordinality) CROSS JOIN LATERAL (
      SELECT account_key FROM portal.account
      WHERE address_key = fact.street AND NOT closed AND (fact.unit = '' OR unit_key = fact.unit) ORDER BY account_key LIMIT ${MAX_CANDIDATES}
    ) AS found`
  return grouped(rows, lines.length)
}

function grouped(rows: readonly KeyOfFact[], facts: number): string[][] {
  const keys = Array.from({ length: facts }, (): string[] => [])
  for (const { ordinality, accountKey } of rows) keys[ordinality - 1]!.push(accountKey)
  return keys
}

async function redisByKey(redis: Redis, keys: readonly string[]): Promise<Map<string, Account>> {
  return byKey((await accountsFromRedis(redis, keys)).map(({ value }) => value))
}

async function postgresByKey(database: Database, keys: readonly string[]): Promise<Map<string, Account>> {
  if (keys.length === 0) return new Map()
  const rows = await database.account.findMany({ where: { accountKey: { in: [...keys] }, closed: false } })
  return byKey(rows.map((row) => accountFromRow(row).value))
}

function byKey(accounts: readonly Account[]): Map<string, Account> {
  return new Map(accounts.map((account) => [accountNumberKey(account.accountNumber), account]))
}

function accountsOf(members: readonly (readonly string[])[], accounts: ReadonlyMap<string, Account>): Account[][] {
  return members.map((keys) => keys.flatMap((key) => accounts.get(key) ?? []))
}

async function isWhole(sources: ReadSources): Promise<boolean> {
  const state = await sources.redis.use((redis) => redisProjectionState(redis, 'accounts')).catch(unknownStore)
  return state?.whole ?? false
}

/** Null when the store does not answer. */
function unknownStore(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null
  throw error
}

function unavailable(): never {
  throw new ReadsUnavailableError('Neither Redis nor Postgres can answer')
}
