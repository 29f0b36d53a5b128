import { z } from 'zod'
import { ACCESS_ROLES } from '../../../domain/access.ts'
import { textIn } from '../../../messages/text-in.ts'
import { requireAccess } from '../../access/require-access.ts'
import { commandEventId } from '../../platform/command-id.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { hashOfInvitation } from './invitations.ts'
import { accountNumberField, emailField, parseForm } from './parse-form.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

const KEPT_MS = 7 * 24 * 60 * 60_000
const formSchema = z.object({ invitationId: z.uuid(), accountNumber: accountNumberField, email: emailField, role: z.enum(ACCESS_ROLES) })

/**
 * Mails an invitation to an account of the customer's: a link for that address alone, once, for 7 days. Answers alike whether or not
 * the address has a login.
 * @param input `invitationId`: the command's id; the same again sends nothing
 * @throws NotSignedInError, InvalidInputError (/email, /role), NotFoundError for an account that is not theirs, ForbiddenError for who is no
 * owner, TooManyRequestsError, ReadsUnavailableError
 */
export async function inviteToAccount(customers: CustomerAuth, input: { invitationId: unknown; accountNumber: unknown; email: unknown; role: unknown; headers: Headers }): Promise<void> {
  const customer = await requireCustomer(customers, input.headers)
  const { invitationId, accountNumber: typed, email, role } = parseForm(formSchema, input)
  const id = commandEventId('invited', customer.loginId, invitationId)
  const { account } = await requireAccess(customers, customer, typed, 'manage')
  const { accountNumber, language } = account.value
  const { database, clock, limits, secrets, messages, audit } = customers
  await limits.takeInvitation(customer.loginId)
  const token = secrets.token()
  const nowMs = clock.nowMs()
  const row = { id, tokenHash: hashOfInvitation(customers, token), accountNumber, email, role, invitedBy: customer.loginId, createdAt: new Date(nowMs), expiresAt: new Date(nowMs + KEPT_MS) }
  const { count } = await whenIdentityAnswers(() => database.customerInvitation.createMany({ data: row, skipDuplicates: true }))
  if (count === 0) return
  const values = { inviter: customer.email, ending: accountNumber.slice(-4), role: textIn(language)(`messages.role.${role}`), link: customers.link('/account/invitation', { token }) }
  messages.send({ to: email, channel: 'email', locale: language, template: 'invitation', values })
  audit.take({ actor: { kind: 'customer', id: customer.loginId }, act: 'access.invited', subject: { kind: 'account', id: accountNumber }, after: { invitationId: id, role } })
}
