import type { Account, Known } from '../../../domain/account.ts'
import { NotFoundError } from '../../platform/errors.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { getAccount } from '../get-account.ts'

const NUMBER_CHARS = 32

/** Throws NotFoundError when there is none, ReadsUnavailableError when that cannot be known. */
export async function requireAccount(sources: ReadSources, accountNumber: string): Promise<Known<Account>> {
  const known = accountNumber.trim() === '' || accountNumber.length > NUMBER_CHARS ? null : await getAccount(sources, accountNumber)
  if (!known) throw new NotFoundError('No such account')
  return known
}
