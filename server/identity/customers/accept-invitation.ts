import { grantAccess } from '../../access/grant-access.ts'
import { listPeopleOf } from '../../access/list-people-of.ts'
import { getAccount } from '../../accounts/get-account.ts'
import { ForbiddenError } from '../../platform/errors.ts'
import { uuidV5 } from '../../platform/uuid-v5.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { closeInvitation, deadInvitation, type Invitation, openInvitation } from './invitations.ts'

/**
 * Accepts an invitation for whoever is signed in. Who has access to the account already keeps it as it is.
 * @throws NotSignedInError, NotFoundError for a link that opens nothing, ForbiddenError when it is for another address,
 * ReadsUnavailableError, LogUnavailableError, IndeterminateError: the link then still works
 */
export async function acceptInvitation(customers: CustomerAuth, input: { token: unknown; headers: Headers }): Promise<{ accountNumber: string }> {
  const { loginId, email } = await requireCustomer(customers, input.headers)
  const invitation = await openInvitation(customers, input.token)
  if (invitation.email !== email) throw new ForbiddenError('This invitation is for another address')
  await takeInvitation(customers, { invitation, loginId })
  return { accountNumber: invitation.accountNumber }
}

/** Gives a login what an invitation promises, once. Throws as acceptInvitation does. */
export async function takeInvitation(customers: CustomerAuth, { invitation, loginId }: { invitation: Invitation & { invitedBy: string }; loginId: string }): Promise<void> {
  const { invitationId, accountNumber, role, invitedBy: by } = invitation
  const account = (await getAccount(customers.sources, accountNumber))?.value
  if (!account) throw deadInvitation()
  // Not what a move has ended: that shows nothing any more.
  const people = await listPeopleOf(customers, accountNumber)
  const isThere = people.some((person) => person.loginId === loginId)
  // First, and by an id of its own: a process that dies in between leaves a link that still works, not one that was spent for nothing.
  if (!isThere) await grantAccess(customers, { grantId: uuidV5('access-by-invitation', invitationId, loginId), loginId, account, role, how: 'invitation', by })
  await closeInvitation(customers, invitationId)
  if (isThere) return
  customers.audit.take({ actor: { kind: 'customer', id: loginId }, act: 'access.given', subject: { kind: 'account', id: accountNumber }, after: { loginId, role, how: 'invitation', by } })
}
