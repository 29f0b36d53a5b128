import type { SessionCookie } from '../session-cookie.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { endSessions } from './end-sessions.ts'
import { clearedCookies } from './start-session.ts'

/**
 * Ends every session of whoever is signed in, this one too: in every process as soon as it reads the log, with Postgres or without.
 * @returns the cookies to set
 * @throws NotSignedInError, ReadsUnavailableError, LogUnavailableError or IndeterminateError: then they go on, or may
 */
export async function signOutEverywhere(customers: CustomerAuth, headers: Headers): Promise<SessionCookie[]> {
  const { loginId } = await requireCustomer(customers, headers)
  await endSessions(customers, { loginId, sessionId: null, why: 'everywhere' })
  customers.audit.take({ actor: { kind: 'customer', id: loginId }, act: 'login.signed-out-everywhere', subject: { kind: 'login', id: loginId } })
  return clearedCookies(customers)
}
