import { z } from 'zod'
import type { AccessRole } from '../../../domain/access.ts'
import { changeRole } from '../../access/change-role.ts'
import { endAccess } from '../../access/end-access.ts'
import { listPeopleOf } from '../../access/list-people-of.ts'
import { requireAccess } from '../../access/require-access.ts'
import { commandEventId } from '../../platform/command-id.ts'
import { NotFoundError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { type Invitation, invitationFrom } from './invitations.ts'
import { accountNumberField, parseForm } from './parse-form.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

/** In one way to write ids: another one of the same must not be taken for somebody else. */
const commandSchema = z.object({ commandId: z.uuid().toLowerCase(), accountNumber: accountNumberField, loginId: z.uuid().toLowerCase() })

export interface HouseholdMember {
  loginId: string
  /** Null for a login that is no more. */
  email: string | null
  role: AccessRole
  /** ISO 8601 UTC. */
  from: string
  isYou: boolean
}

/**
 * Who may see an account, and who is invited to it: for its owners.
 * Throws NotSignedInError, NotFoundError for an account that is not theirs, ForbiddenError, ReadsUnavailableError.
 */
export async function listHousehold(customers: CustomerAuth, { accountNumber, headers }: { accountNumber: string; headers: Headers }): Promise<{ members: HouseholdMember[]; invitations: Invitation[] }> {
  const { database, clock } = customers
  const customer = await requireCustomer(customers, headers)
  const { account } = await requireAccess(customers, customer, accountNumber, 'manage')
  const own = account.value.accountNumber
  const people = await listPeopleOf(customers, own)
  const [logins, invited] = await whenIdentityAnswers(() => Promise.all([
    database.customerLogin.findMany({ where: { id: { in: people.map(({ loginId }) => loginId) } }, select: { id: true, email: true } }),
    database.customerInvitation.findMany({ where: { accountNumber: own, closedAt: null, expiresAt: { gt: new Date(clock.nowMs()) } }, orderBy: { createdAt: 'asc' } }),
  ]))
  const emails = new Map(logins.map((login) => [login.id, login.email]))
  return {
    members: people.map(({ loginId, role, from }) => ({ loginId, email: emails.get(loginId) ?? null, role, from, isYou: loginId === customer.loginId })),
    invitations: invited.map(invitationFrom),
  }
}

/** Takes an invitation back. Throws as listHousehold does, and NotFoundError for one that does not stand. */
export async function withdrawInvitation(customers: CustomerAuth, { accountNumber, invitationId, headers }: { accountNumber: string; invitationId: string; headers: Headers }): Promise<void> {
  const { database, clock, audit } = customers
  const { invitations } = await listHousehold(customers, { accountNumber, headers })
  const invitation = invitations.find((one) => one.invitationId === invitationId)
  const { loginId } = await requireCustomer(customers, headers)
  if (!invitation) throw new NotFoundError('No such invitation')
  await whenIdentityAnswers(() => database.customerInvitation.updateMany({ where: { id: invitationId, closedAt: null }, data: { closedAt: new Date(clock.nowMs()) } }))
  audit.take({ actor: { kind: 'customer', id: loginId }, act: 'access.invitation-withdrawn', subject: { kind: 'account', id: invitation.accountNumber }, after: { invitationId } })
}

/**
 * An owner changes what somebody may do for an account. Throws NotSignedInError, InvalidInputError for an id that is none, and as changeRole of server/access does: ForbiddenError
 * for who is no owner, or when it is the last one.
 */
export async function changeHouseholdRole(customers: CustomerAuth, input: { commandId: string; accountNumber: string; loginId: string; role: AccessRole; headers: Headers }): Promise<void> {
  const customer = await requireCustomer(customers, input.headers)
  const { commandId, accountNumber, loginId } = parseForm(commandSchema, input)
  const { role } = input
  const grantId = commandEventId('role-changed', customer.loginId, commandId)
  await changeRole(customers, customer, { grantId, loginId, accountNumber, role })
  customers.audit.take({ entryId: grantId, actor: { kind: 'customer', id: customer.loginId }, act: 'access.role-changed', subject: { kind: 'account', id: accountNumber }, after: { loginId, role } })
}

/**
 * An owner removes somebody from an account, or somebody leaves it. Throws NotSignedInError, InvalidInputError for an id that is none, and as endAccess of server/access does:
 * ForbiddenError for the last owner while others are there.
 */
export async function leaveHousehold(customers: CustomerAuth, input: { commandId: string; accountNumber: string; loginId: string; headers: Headers }): Promise<void> {
  const customer = await requireCustomer(customers, input.headers)
  const { commandId, accountNumber, loginId } = parseForm(commandSchema, input)
  const endingId = commandEventId('access-ended', customer.loginId, commandId)
  await endAccess(customers, customer, { endingId, loginId, accountNumber })
  customers.audit.take({ entryId: endingId, actor: { kind: 'customer', id: customer.loginId }, act: 'access.ended', subject: { kind: 'account', id: accountNumber }, after: { loginId } })
}
