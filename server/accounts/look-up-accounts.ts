import type { Redis } from 'ioredis'
import type { Account, Known } from '../../domain/account.ts'
import { streetAndUnit } from '../../domain/address-key.ts'
import type { Prisma } from '../../prisma/client/client.ts'
import type { Database } from '../platform/database.ts'
import { redisProjectionState } from '../platform/projection-state.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { accountsByFacts } from './account-cache.ts'
import { accountFromRow } from './account-from-row.ts'
import { type AccountFact, factText } from './cache/account-facts.ts'
import { gather } from './gather.ts'
import { getAccount } from './get-account.ts'
import { type FoundInRedis, readAccounts } from './read-accounts.ts'

/** A number as typed, or one fact. */
export type AccountLookUp = { accountNumber: string } | AccountFact

const MOST = 20
/** So many facts are looked up by one command. */
const TOGETHER = 16

/** On one connection the state is read right after the look-ups, in the same round trip. */
const inRedis = gather(TOGETHER, async (redis: Redis, facts: readonly string[]): Promise<FoundInRedis[]> => {
  const [found, { whole }] = await Promise.all([accountsByFacts(redis, facts, MOST), redisProjectionState(redis, 'accounts')])
  return found.map((accounts) => ({ found: accounts, whole }))
})

/**
 * Accounts found by one fact, ordered by account number, 20 at the most.
 * Throws ReadsUnavailableError when neither Redis nor Postgres can answer.
 */
export async function lookUpAccounts(sources: ReadSources, by: AccountLookUp): Promise<Known<Account>[]> {
  if ('accountNumber' in by) {
    const known = await getAccount(sources, by.accountNumber)
    return known ? [known] : []
  }
  const fact = factText(by)
  return readAccounts(sources, {
    key: `look-up:${fact}`,
    needsWhole: true,
    fromRedis: (redis) => inRedis(redis, fact),
    fromPostgres: async (database) => {
      const rows = await database.account.findMany({ where: { ...(await whereOf(database, by)), closed: false }, orderBy: { accountKey: 'asc' }, take: MOST })
      return rows.map(accountFromRow)
    },
  })
}

async function whereOf(database: Database, by: AccountFact): Promise<Prisma.AccountWhereInput> {
  if ('phone' in by) {
    const rows = await database.accountPhone.findMany({ where: { phone: by.phone }, orderBy: { accountKey: 'asc' }, take: MOST })
    return { accountKey: { in: rows.map((row) => row.accountKey) } }
  }
  if ('email' in by) return { email: by.email.trim().toLowerCase() }
  if ('meterNumber' in by) return { meterNumber: by.meterNumber.trim() }
  if ('servicePoint' in by) return { servicePoint: by.servicePoint.trim() }
  const { street, unit } = streetAndUnit({ line1: by.address })
  return { addressKey: street, ...(unit && { unitKey: unit }) }
}
