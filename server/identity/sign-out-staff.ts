import type { SessionCookie } from './session-cookie.ts'
import { sessionCookies } from './session-cookie.ts'
import type { StaffAuth } from './staff-auth.ts'

/**
 * Ends the session behind a request: its row is deleted (when Postgres answers) and its cookies are cleared (always).
 * @returns the cookies to set
 */
export async function signOutStaff(auth: StaffAuth, headers: Headers): Promise<SessionCookie[]> {
  const answer = await auth.api.signOut({ headers, returnHeaders: true })
  return sessionCookies(answer.headers)
}
