import type { AccessRole } from '../../domain/access.ts'
import { NotFoundError } from '../platform/errors.ts'
import { type AccessWrites, appendGrant, grantEvent } from './grant-access.ts'
import { listPeopleOf } from './list-people-of.ts'
import { appendLoss, type LossWrites } from './loss-chain.ts'
import { type AccessReads, requireAccess } from './require-access.ts'

export interface RoleChange {
  /** The command's id. */
  grantId: string
  /** Whose role changes. */
  loginId: string
  accountNumber: string
  role: AccessRole
}

/**
 * Changes what a login may do for an account; what it sees begins when it did before.
 * @throws NotFoundError not the customer's account, or the login has no access to it
 * @throws ForbiddenError the customer is no owner, or the last one
 * @throws ConflictError the id was used for another grant
 * @throws ReadsUnavailableError LogUnavailableError IndeterminateError
 */
export async function changeRole(context: AccessReads & AccessWrites & LossWrites, customer: { loginId: string }, { grantId, loginId, accountNumber, role }: RoleChange): Promise<void> {
  const { access } = await requireAccess(context, customer, accountNumber, 'manage')
  const people = await listPeopleOf(context, accountNumber)
  const person = people.find((one) => one.loginId === loginId)
  if (!person) throw new NotFoundError('Nobody of this account')
  const { accountNumber: own } = access
  const granted = { grantId, loginId, accountNumber: own, role, from: person.from, how: 'role-changed', by: customer.loginId } as const
  if (role === 'owner') return appendGrant(context.log, granted)
  await appendLoss(context.log, { commandId: grantId, loginId, accountNumber: own, people, staysThere: true, event: grantEvent(granted) })
}
