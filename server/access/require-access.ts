import { type AccessAction, mayDo } from '../../domain/access.ts'
import { type Account, accountNumberKey, type Known } from '../../domain/account.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Utility } from '../../domain/utility.ts'
import { type Span, visibleSpan } from '../../domain/visible-span.ts'
import { getAccount } from '../accounts/get-account.ts'
import { ForbiddenError, NotFoundError } from '../platform/errors.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import type { Access } from './access-record.ts'
import { accessOf } from './list-access.ts'

/** What every verb that asks who may see an account takes. */
export interface AccessReads {
  sources: ReadSources
  clock: Clock
  utility: Pick<Utility, 'timeZone'>
}

/** What a signed-in customer may see and do at one account now. */
export interface Permitted {
  access: Access
  account: Known<Account>
  /** What happened at the account's premise outside of it is not theirs to see. */
  span: Span
}

/**
 * That a customer may do something for an account.
 * @throws NotFoundError unknown, somebody else's, moved out, or of whoever lived there before: they cannot be told apart
 * @throws ForbiddenError theirs, in a role that may not do this
 * @throws ReadsUnavailableError
 */
export async function requireAccess(reads: AccessReads, customer: { loginId: string }, accountNumber: string, action: AccessAction): Promise<Permitted> {
  const key = accountNumberKey(accountNumber)
  const { value } = await accessOf(reads.sources, customer.loginId)
  const access = value.find((held) => accountNumberKey(held.accountNumber) === key)
  const permitted = access && (await permittedBy(reads, access))
  if (!permitted) throw new NotFoundError('No such account')
  if (!mayDo(permitted.access.role, action)) throw new ForbiddenError('Only an owner of the account may do this')
  return permitted
}

/** Every account that a login may see now, by its number. Throws ReadsUnavailableError. */
export async function permittedAccounts(reads: AccessReads, loginId: string): Promise<Known<Permitted[]>> {
  const known = await accessOf(reads.sources, loginId)
  const permitted = await Promise.all(known.value.map((access) => permittedBy(reads, access)))
  return { ...known, value: permitted.filter((one) => one !== null) }
}

async function permittedBy({ sources, clock, utility }: AccessReads, access: Access): Promise<Permitted | null> {
  const account = await getAccount(sources, access.accountNumber)
  const span = account && visibleSpan(access, account.value, utility.timeZone, clock.nowMs())
  return span ? { access, account, span } : null
}
