import type { SessionCookie } from '../session-cookie.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { endSessions } from './end-sessions.ts'
import { clearedCookies } from './start-session.ts'

/**
 * Ends the session behind a request. The cookies are cleared whatever else fails; a copy of them ends when the log has it.
 * @returns the cookies to set
 */
export async function signOutCustomer(customers: CustomerAuth, headers: Headers): Promise<SessionCookie[]> {
  const customer = await customers.find(headers).catch(() => null)
  if (customer) {
    await endSessions(customers, { loginId: customer.loginId, sessionId: customer.sessionId, why: 'signed-out' })
      .catch((error: unknown) => customers.logger.warn({ err: error }, 'a session that was signed out could not be ended'))
    customers.audit.take({ actor: { kind: 'customer', id: customer.loginId }, act: 'login.signed-out', subject: { kind: 'login', id: customer.loginId } })
  }
  return clearedCookies(customers)
}
