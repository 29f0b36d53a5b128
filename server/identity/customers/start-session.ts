import { HAS_LEFT, HERE_SECONDS, hereCookieName, hereCookieValue } from '../../../domain/here-cookie.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { type SessionCookie, sessionCookies } from '../session-cookie.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { CUSTOMER_COOKIES } from './customer-sessions.ts'
import { endSessions } from './end-sessions.ts'

/**
 * A new session by email and password, as the library checks them. Whoever was signed in on this browser is no longer.
 * Rejects as the library does: isRefusal tells a wrong password from a store that failed.
 */
export async function startSession(customers: CustomerAuth, { email, password, headers }: { email: string; password: string; headers: Headers }): Promise<{ loginId: string; cookies: SessionCookie[] }> {
  const answer = await customers.library.api.signInEmail({ body: { email, password }, headers: ownHeaders(headers), returnHeaders: true })
  const loginId = answer.response.user.id
  return { loginId, cookies: await takeOver(customers, { loginId, email, headers, cookies: sessionCookies(answer.headers) }) }
}

/** Ends the session that the browser came with: its cookies, kept by somebody, are worth nothing. */
export async function takeOver(customers: CustomerAuth, { loginId, email, headers, cookies }: { loginId: string; email: string; headers: Headers; cookies: SessionCookie[] }): Promise<SessionCookie[]> {
  const { clock, random, logger, messages, database, devices } = customers
  const before = await customers.find(headers).catch(() => null)
  if (before) {
    await endSessions(customers, { loginId: before.loginId, sessionId: before.sessionId, why: 'signed-out' })
      .catch((error: unknown) => logger.warn({ err: error }, 'the session before a sign-in could not be ended'))
  }
  messages.later(async () => void (await database.customerSession.deleteMany({ where: { loginId, expiresAt: { lt: new Date(clock.nowMs()) } } })))
  return [...cookies, devices.remember(headers, email, uuidV7(clock, random)), hereCookie(customers, loginId)]
}

/** The cookies of nobody. */
export function clearedCookies(customers: Pick<CustomerAuth, 'link' | 'clock'>): SessionCookie[] {
  const secure = isSecure(customers)
  const cleared = ['session_token', 'session_data'].map((name): SessionCookie => ({
    name: `${secure ? '__Secure-' : ''}${CUSTOMER_COOKIES}.${name}`, value: '', options: { maxAge: 0, path: '/', httpOnly: true, sameSite: 'lax', secure },
  }))
  return [...cleared, hereCookie(customers, HAS_LEFT)]
}

/** Tells the pages of the phone who is signed in, in the answer that changes it: one person's reports are not shown to the next. */
function hereCookie(customers: Pick<CustomerAuth, 'link' | 'clock'>, loginId: string): SessionCookie {
  const secure = isSecure(customers)
  const value = hereCookieValue({ loginId, sinceMs: customers.clock.nowMs() })
  return { name: hereCookieName(secure), value, options: { maxAge: HERE_SECONDS, path: '/', httpOnly: false, sameSite: 'lax', secure } }
}

function isSecure({ link }: Pick<CustomerAuth, 'link'>): boolean {
  return link('/').startsWith('https://')
}

/** Of a request's headers what a new session is to know: which browser it is. */
function ownHeaders(headers: Headers): Headers {
  return new Headers({ 'user-agent': headers.get('user-agent')?.slice(0, 400) ?? '' })
}
