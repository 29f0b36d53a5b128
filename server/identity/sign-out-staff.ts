import type { AuditTrail } from '../audit/record-acts.ts'
import { withoutBreakGlass } from './break-glass/break-glass-cookie.ts'
import { endStaffSession, type EndingContext } from './end-staff-sessions.ts'
import type { SessionCookie } from './session-cookie.ts'
import { sessionCookies } from './session-cookie.ts'
import { findStaffSession } from './staff-session.ts'

/**
 * Ends the session behind a request: in the log, so that a copy of its cookies is worth nothing anywhere; its row is deleted when
 * Postgres answers. Its cookies are cleared always, also when log and Postgres are away.
 * @returns the cookies to set
 */
export async function signOutStaff(context: Omit<EndingContext, 'log'> & { log: () => Promise<EndingContext['log']>; audit: Pick<AuditTrail, 'take'> }, headers: Headers): Promise<SessionCookie[]> {
  const { auth, audit, log } = context
  const session = await findStaffSession(auth, headers).catch(() => null)
  const answer = await auth.api.signOut({ headers, returnHeaders: true })
  const cookies = [...sessionCookies(answer.headers), ...withoutBreakGlass(auth.options)]
  if (!session) return cookies
  const { staffId, role } = session.staff
  audit.take({ actor: { kind: 'staff', id: staffId, role }, act: 'staff.signed-out', subject: { kind: 'staff', id: staffId } })
  await log().then((opened) => endStaffSession({ ...context, log: opened }, { staffId, sessionId: session.sessionId })).catch(() => undefined)
  return cookies
}
