import { z } from 'zod'
import { NotSignedInError, ReadsUnavailableError } from '../../platform/errors.ts'
import { sha256 } from '../../platform/hash.ts'
import type { SessionCookie } from '../session-cookie.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { emailField, parseForm, passwordField } from './parse-form.ts'
import { startSession } from './start-session.ts'
import { isRefusal } from './when-identity-answers.ts'

const formSchema = z.object({ email: emailField, password: passwordField })

/**
 * Signs a customer in with email and password: always a new session.
 * @param input `source`: address of the client, for the limits
 * @returns the cookies to set
 * @throws InvalidInputError (/email, /password), TooManyRequestsError, NotSignedInError when the two do not belong together (never
 * saying which is wrong), ReadsUnavailableError when Postgres does not answer: that counts as no attempt
 */
export async function signInCustomer(customers: CustomerAuth, input: { email: unknown; password: unknown; headers: Headers; source: string }): Promise<SessionCookie[]> {
  const { email, password } = parseForm(formSchema, input)
  const { limits, devices, audit } = customers
  const attempt = { email, source: input.source, knownDevice: devices.find(input.headers, email) }
  await limits.takeSignIn(attempt)
  try {
    const session = await startSession(customers, { email, password, headers: input.headers })
    await limits.giveBackSignIn(attempt, 'signed-in')
    audit.take({ actor: { kind: 'customer', id: session.loginId }, act: 'login.signed-in', subject: { kind: 'login', id: session.loginId }, after: { by: 'password' } })
    return session.cookies
  } catch (error) {
    if (!isRefusal(error)) {
      await limits.giveBackSignIn(attempt, 'not-checked')
      throw new ReadsUnavailableError('The identity store does not answer', { cause: error })
    }
    // A password typed as an address must not stand in the trail.
    audit.take({ actor: { kind: 'guest', id: 'sign-in' }, act: 'login.refused', subject: { kind: 'login', id: sha256(email) }, after: { by: 'password' } })
    throw new NotSignedInError('Email and password do not belong together')
  }
}
