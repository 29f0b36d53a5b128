import type { Redis } from 'ioredis'
import { accountNumberKey, type Account, type Known } from '../../domain/account.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { accountsFromRedis } from './account-cache.ts'
import { accountFromRow } from './account-from-row.ts'
import { gather } from './gather.ts'
import { readAccounts } from './read-accounts.ts'

/** So many are read by one command. */
const TOGETHER = 32

const inRedis = gather(TOGETHER, async (redis: Redis, accountKeys: readonly string[]): Promise<(Known<Account> | null)[]> => {
  const known = await accountsFromRedis(redis, accountKeys)
  const byKey = new Map(known.map((account) => [accountNumberKey(account.value.accountNumber), account]))
  return accountKeys.map((accountKey) => byKey.get(accountKey) ?? null)
})

/**
 * One account as last told, with its version and age; null when there is none.
 * Throws ReadsUnavailableError when neither Redis nor Postgres can answer.
 * @param accountNumber as typed
 */
export async function getAccount(sources: ReadSources, accountNumber: string): Promise<Known<Account> | null> {
  const accountKey = accountNumberKey(accountNumber)
  const [known] = await readAccounts(sources, {
    key: `account:${accountKey}`,
    needsWhole: false,
    fromRedis: async (redis) => {
      const account = await inRedis(redis, accountKey)
      return { found: account ? [account] : [], whole: null }
    },
    fromPostgres: async (database) => (await database.account.findMany({ where: { accountKey, closed: false } })).map(accountFromRow),
  })
  return known ?? null
}
