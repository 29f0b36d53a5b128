import { accountNumberKey, type Account, type Known } from '../../domain/account.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { accountsFromRedis } from './account-cache.ts'
import { accountFromRow } from './account-from-row.ts'
import { readAccounts } from './read-accounts.ts'

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
    fromRedis: (redis) => accountsFromRedis(redis, [accountKey]),
    fromPostgres: async (database) => (await database.account.findMany({ where: { accountKey, closed: false } })).map(accountFromRow),
  })
  return known ?? null
}
