import { type AccessRole, ACCESS_ROLES } from '../../../domain/access.ts'
import { requireAccess } from '../../access/require-access.ts'
import { NotFoundError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { tokenField } from './parse-form.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

/** An invitation that stands: not accepted, not taken back, not over. */
export interface Invitation {
  invitationId: string
  accountNumber: string
  email: string
  role: AccessRole
  /** ISO 8601 UTC. */
  expiresAt: string
}

export const hashOfInvitation = (customers: Pick<CustomerAuth, 'secrets'>, token: string): string => customers.secrets.hashOf('invitation', token)

/**
 * What a link invites to, for whoever has it: its owner reads the mail of that address. Throws NotFoundError for one that was used,
 * taken back, is over or was never made, or whose sender may no longer invite; ReadsUnavailableError.
 */
export async function openInvitation(customers: CustomerAuth, token: unknown): Promise<Invitation & { invitedBy: string; hasLogin: boolean }> {
  const { database, clock } = customers
  const parsed = tokenField.safeParse(token).data
  if (parsed === undefined) throw deadInvitation()
  const row = await whenIdentityAnswers(() => database.customerInvitation.findUnique({ where: { tokenHash: hashOfInvitation(customers, parsed) } }))
  if (!row || row.closedAt || row.expiresAt.getTime() <= clock.nowMs()) throw deadInvitation()
  await requireAccess(customers, { loginId: row.invitedBy }, row.accountNumber, 'manage').catch((error: unknown) => {
    throw error instanceof Error && ['NotFoundError', 'ForbiddenError'].includes(error.name) ? deadInvitation() : error
  })
  const hasLogin = (await whenIdentityAnswers(() => database.customerLogin.count({ where: { email: row.email } }))) > 0
  return { ...invitationFrom(row), invitedBy: row.invitedBy, hasLogin }
}

/** Uses a link up, once for all who try at once. Throws NotFoundError when somebody was first, ReadsUnavailableError. */
export async function closeInvitation({ database, clock }: CustomerAuth, invitationId: string): Promise<void> {
  const { count } = await whenIdentityAnswers(() => database.customerInvitation.updateMany({ where: { id: invitationId, closedAt: null }, data: { closedAt: new Date(clock.nowMs()) } }))
  if (count === 0) throw deadInvitation()
}

export function invitationFrom(row: { id: string; accountNumber: string; email: string; role: string; expiresAt: Date }): Invitation {
  const role = ACCESS_ROLES.find((known) => known === row.role) ?? 'may-report'
  return { invitationId: row.id, accountNumber: row.accountNumber, email: row.email, role, expiresAt: row.expiresAt.toISOString() }
}

export function deadInvitation(): NotFoundError {
  return new NotFoundError('This invitation was used, taken back, is over, or was never made')
}
