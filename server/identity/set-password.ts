import { ForbiddenError, InvalidInputError, NotSignedInError } from '../platform/errors.ts'
import type { AuditTrail } from '../audit/record-acts.ts'
import { keptOfLink } from './administration/password-link.ts'
import { checkPassword, LONGEST_PASSWORD } from './check-password.ts'
import { endStaffSessions, type EndingContext } from './end-staff-sessions.ts'
import { requireStaffSession } from './require-staff.ts'
import { type SessionCookie, sessionCookies, sessionTokenOf } from './session-cookie.ts'

interface Context extends EndingContext {
  audit: Pick<AuditTrail, 'append'>
  /** Called after a change that the break-glass copy must know of. */
  changed?: () => Promise<void>
}

/**
 * Sets a password by a link that was used by nobody before, and ends the person's sessions and tokens. They sign in with it then.
 * @throws InvalidInputError (/password, as checkPassword says), NotSignedInError for a link that does not count (any more), and what the log throws
 */
export async function setPasswordByLink(context: Context, input: { token: unknown; password: unknown }): Promise<void> {
  const password = typed(input.password)
  const { auth, audit } = context
  const kept = keptOfLink(typeof input.token === 'string' ? input.token : '')
  const held = await auth.store.staffVerification.findFirst({ where: { identifier: `reset-password:${kept}` } })
  if (!held || held.expiresAt <= new Date(context.clock.nowMs())) throw new NotSignedInError('This link was used, or is over')
  const member = await auth.store.staffMember.findUnique({ where: { id: held.value }, select: { email: true, name: true } })
  if (!member) throw new NotSignedInError('Whoever this link was for is no more')
  await checkPassword(password, [member.email, member.name])
  await audit.append({ actor: { kind: 'staff', id: held.value }, act: 'staff.password-set', subject: { kind: 'staff', id: held.value } })
  await auth.api.resetPassword({ body: { token: kept, newPassword: password } }).catch((error: unknown) => {
    if ((error as { statusCode?: number }).statusCode === 400) throw new NotSignedInError('This link was used, or is over')
    throw error
  })
  await endStaffSessions(context, held.value, 'password-changed')
  await context.changed?.()
}

/**
 * Changes one's own password; all other sessions of the person end, and their tokens.
 * @returns the cookies of the session that replaces this one
 * @throws InvalidInputError (/current; /password, as checkPassword says), NotSignedInError, ForbiddenError in a break-glass session, and what the log throws
 */
export async function changeOwnPassword(context: Context, input: { current: unknown; password: unknown; headers: Headers }): Promise<SessionCookie[]> {
  const { auth, audit } = context
  const { staff, email, signedInBy } = await requireStaffSession(auth, input.headers)
  if (signedInBy !== 'two-factor') throw new ForbiddenError('Nothing of a login is changed in this session')
  const [current, password] = [typed(input.current), typed(input.password)]
  if (current === '' || current.length > LONGEST_PASSWORD) throw wrongPresent()
  await checkPassword(password, [email, staff.name])
  await audit.append({ actor: { kind: 'staff', id: staff.staffId, role: staff.role }, act: 'staff.password-change-asked', subject: { kind: 'staff', id: staff.staffId } })
  const { headers } = await auth.api
    .changePassword({ body: { currentPassword: current, newPassword: password, revokeOtherSessions: true }, headers: input.headers, returnHeaders: true })
    .catch((error: unknown) => {
      if ((error as { statusCode?: number }).statusCode !== 400) throw error
      throw wrongPresent()
    })
  const cookies = sessionCookies(headers)
  const kept = await auth.store.staffSession.findUniqueOrThrow({ where: { token: sessionTokenOf(cookies) ?? '' } })
  await endStaffSessions(context, staff.staffId, 'password-changed', { token: kept.token, createdAtMs: kept.createdAt.getTime() })
  await context.changed?.()
  return cookies
}

function typed(field: unknown): string {
  return typeof field === 'string' ? field : ''
}

function wrongPresent(): InvalidInputError {
  return new InvalidInputError([{ field: '/current', rule: 'wrong', fix: 'Give the present password' }])
}
