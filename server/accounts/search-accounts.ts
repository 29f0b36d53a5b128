import type { Account, Known } from '../../domain/account.ts'
import type { Utility } from '../../domain/utility.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { type AccountLookUp, lookUpAccounts } from './look-up-accounts.ts'
import { normalizePhone } from './normalize-phone.ts'

const FEWEST_CHARS = 4
const MOST_CHARS = 254
const MOST_FOUND = 20

/**
 * Accounts by whatever one fact a member of staff typed: account number, phone, email, meter number or street line, in full.
 * At most 20, each once; none for fewer than 4 characters. Throws ReadsUnavailableError.
 */
export async function searchAccounts(sources: ReadSources, utility: Pick<Utility, 'defaultCountry'>, typed: string): Promise<Known<Account>[]> {
  const fact = typed.trim().slice(0, MOST_CHARS)
  if (fact.length < FEWEST_CHARS) return []
  const found = await Promise.all(factsOf(fact, utility).map((by) => lookUpAccounts(sources, by)))
  const once = new Map(found.flat().map((known) => [known.value.accountNumber, known]))
  return [...once.values()].slice(0, MOST_FOUND)
}

function factsOf(fact: string, utility: Pick<Utility, 'defaultCountry'>): AccountLookUp[] {
  if (fact.includes('@')) return [{ email: fact }]
  const phone = normalizePhone(fact, utility.defaultCountry)
  // A house number and a street.
  const address = /^\d+\S*\s+\S*\p{L}/u.test(fact) ? [{ address: fact }] : []
  return [{ accountNumber: fact }, { meterNumber: fact }, ...(phone ? [{ phone }] : []), ...address]
}
