import { accountNumberKey } from '../../domain/account.ts'
import { visibleSpan } from '../../domain/visible-span.ts'
import { getAccount } from '../accounts/get-account.ts'
import type { Access } from './access-record.ts'
import { peopleOf } from './list-access.ts'
import type { AccessReads } from './require-access.ts'

/** A login with access to an account. */
export type Person = Access & { loginId: string }

/**
 * Who may see an account now, the longest there first; who may ask, the caller has seen to. Access from before the present
 * customer moved in is not among it. Throws ReadsUnavailableError.
 */
export async function listPeopleOf({ sources, clock, utility }: AccessReads, accountNumber: string): Promise<Person[]> {
  const [{ value: people }, account] = await Promise.all([peopleOf(sources, accountNumberKey(accountNumber)), getAccount(sources, accountNumber)])
  if (!account) return []
  // Who is let in from a later day on is there already.
  return people.filter((person) => visibleSpan(person, account.value, utility.timeZone, Math.max(clock.nowMs(), Date.parse(person.from))))
}
