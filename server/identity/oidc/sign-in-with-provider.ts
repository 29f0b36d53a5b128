import type { AuditTrail } from '../../audit/record-acts.ts'
import { endStaffSessions, type EndingContext } from '../end-staff-sessions.ts'
import type { SessionCookie } from '../session-cookie.ts'
import type { StaffProvider } from './staff-provider.ts'

/**
 * The second half of a sign-in with the utility's provider. The role is what the provider says, each time anew: another one than
 * before ends the person's other sessions and tokens.
 * @returns the cookies of a session of its own
 * @throws NotSignedInError when the provider's answer does not count, ForbiddenError for who has no role here, ReadsUnavailableError, and what the log throws
 */
export async function signInWithProvider(
  context: EndingContext & { provider: StaffProvider; audit: Pick<AuditTrail, 'append' | 'take'> },
  { query, headers }: { query: URLSearchParams; headers: Headers },
): Promise<SessionCookie[]> {
  const { provider, audit } = context
  const { cookies, staffId, role, roleBefore, session } = await provider.finish(query, headers)
  const subject = { kind: 'staff', id: staffId } as const
  if (role !== roleBefore) {
    const actor = { kind: 'program', id: 'openid-provider' } as const
    await audit.append(roleBefore ? { actor, act: 'staff.role-changed', subject, before: { role: roleBefore }, after: { role } } : { actor, act: 'staff.added', subject, after: { role } })
    await endStaffSessions(context, staffId, 'role-changed', session)
  }
  audit.take({ actor: { kind: 'staff', id: staffId, role }, act: 'staff.signed-in', subject, after: { by: 'provider' } })
  return cookies
}
