import type { Account, Known } from '../../domain/account.ts'
import { streetAndUnit } from '../../domain/address-key.ts'
import type { Prisma } from '../../prisma/client/client.ts'
import type { Database } from '../platform/database.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { accountIndexKey, addressIndexEntry } from './account-cache.ts'
import { accountFromRow } from './account-from-row.ts'
import { accountsFromRedis, getAccount } from './get-account.ts'
import { readAccounts } from './read-accounts.ts'

export type AccountLookUp =
  | { accountNumber: string }
  /** E.164 */
  | { phone: string }
  | { meterNumber: string }
  | { email: string }
  /** Street line, in any spelling, without the town: `12 North Elm Street`; with its unit for that one alone: `5 Oak Lane #3`. */
  | { address: string }

type AccountWhere = Prisma.AccountWhereInput

const MOST = 20

/**
 * Accounts found by one fact, ordered by account number, 20 at the most.
 * Throws ReadsUnavailableError when neither Redis nor Postgres can answer.
 */
export async function lookUpAccounts(sources: ReadSources, by: AccountLookUp): Promise<Known<Account>[]> {
  if ('accountNumber' in by) {
    const known = await getAccount(sources, by.accountNumber)
    return known ? [known] : []
  }
  const { entry, where } = searchOf(by)
  return readAccounts(sources, {
    key: `look-up:${entry}`,
    needsWhole: true,
    fromRedis: async (redis) => {
      const accountKeys = await redis.smembers(accountIndexKey(entry))
      return accountsFromRedis(redis, accountKeys.sort().slice(0, MOST))
    },
    fromPostgres: async (database) => {
      const rows = await database.account.findMany({ where: await where(database), orderBy: { accountKey: 'asc' }, take: MOST })
      return rows.map(accountFromRow)
    },
  })
}

/** The same fact as an entry of the Redis index and as a condition of Postgres. */
function searchOf(by: Exclude<AccountLookUp, { accountNumber: string }>): { entry: string; where: (database: Database) => AccountWhere | Promise<AccountWhere> } {
  if ('phone' in by) return { entry: `phone:${by.phone}`, where: (database) => withPhone(database, by.phone) }
  if ('meterNumber' in by) {
    const meterNumber = by.meterNumber.trim()
    return { entry: `meter:${meterNumber}`, where: () => ({ meterNumber }) }
  }
  if ('email' in by) {
    const email = by.email.trim().toLowerCase()
    return { entry: `email:${email}`, where: () => ({ email }) }
  }
  const { street, unit } = streetAndUnit({ line1: by.address })
  return { entry: addressIndexEntry(street, unit), where: () => ({ addressKey: street, ...(unit && { unitKey: unit }) }) }
}

async function withPhone(database: Database, phone: string): Promise<AccountWhere> {
  const rows = await database.accountPhone.findMany({ where: { phone }, orderBy: { accountKey: 'asc' }, take: MOST })
  return { accountKey: { in: rows.map((row) => row.accountKey) } }
}
