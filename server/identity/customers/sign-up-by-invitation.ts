import { z } from 'zod'
import type { SessionCookie } from '../session-cookie.ts'
import { takeInvitation } from './accept-invitation.ts'
import { checkPassword } from '../check-password.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { openInvitation } from './invitations.ts'
import { makeLogin } from './make-login.ts'
import { parseForm } from './parse-form.ts'
import { startSession } from './start-session.ts'

const formSchema = z.object({ password: z.string() })

/**
 * Makes a login for the address that an invitation was mailed to, lets it into the account, and signs it in.
 * @returns the cookies to set
 * @throws NotFoundError for a link that opens nothing, InvalidInputError (/password; /email, rule `email-taken`: sign in and accept),
 * ReadsUnavailableError, LogUnavailableError, IndeterminateError: the link then still works
 */
export async function signUpByInvitation(customers: CustomerAuth, input: { token: unknown; password: unknown; headers: Headers }): Promise<SessionCookie[]> {
  const { password } = parseForm(formSchema, input)
  const invitation = await openInvitation(customers, input.token)
  const { email, accountNumber } = invitation
  await checkPassword(password, [email, accountNumber])
  const login = await makeLogin(customers, { email, password, locale: customers.utility.locales[0] ?? 'en', verified: true })
  try {
    await takeInvitation(customers, { invitation, loginId: login.loginId })
  } catch (error) {
    await login.remove()
    throw error
  }
  const session = await startSession(customers, { email, password, headers: input.headers })
  customers.audit.take({ actor: { kind: 'customer', id: session.loginId }, act: 'login.signed-up', subject: { kind: 'login', id: session.loginId } })
  return session.cookies
}
