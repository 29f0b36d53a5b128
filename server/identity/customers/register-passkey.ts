import { z } from 'zod'
import { ReadsUnavailableError } from '../../platform/errors.ts'
import { type SessionCookie, sessionCookies } from '../session-cookie.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { messageLocale } from './message-locale.ts'
import { parseForm } from './parse-form.ts'
import { cookiesOf, credentialOf, unusablePasskey } from './passkey-request.ts'
import { requireRecentSignIn } from './require-recent-sign-in.ts'
import { isLibraryError, whenIdentityAnswers } from './when-identity-answers.ts'

const nameSchema = z.object({ name: z.string().trim().min(1).max(60) })

export type PasskeyRegistrationOptions = Awaited<ReturnType<CustomerAuth['library']['api']['generatePasskeyRegistrationOptions']>>

/**
 * What the browser's `navigator.credentials.create` wants (as JSON), and a cookie that the answer must come with, within 5 minutes.
 * Throws NotSignedInError, SignInAgainError, ReadsUnavailableError.
 */
export async function beginPasskeyRegistration(customers: CustomerAuth, headers: Headers): Promise<{ options: PasskeyRegistrationOptions; cookies: SessionCookie[] }> {
  requireRecentSignIn(await requireCustomer(customers, headers), customers.clock)
  const answer = await whenIdentityAnswers(() => customers.library.api.generatePasskeyRegistrationOptions({ headers: cookiesOf(headers), returnHeaders: true }))
  return { options: answer.response, cookies: sessionCookies(answer.headers) }
}

/**
 * Keeps a passkey of whoever is signed in.
 * @param input `credential`: what the browser made, as JSON
 * @throws NotSignedInError, SignInAgainError, InvalidInputError (/name; /credential, rule `passkey`), ReadsUnavailableError
 */
export async function completePasskeyRegistration(customers: CustomerAuth, input: { credential: unknown; name: unknown; headers: Headers }): Promise<void> {
  const { loginId, email, ...customer } = await requireCustomer(customers, input.headers)
  requireRecentSignIn(customer, customers.clock)
  const { name } = parseForm(nameSchema, input)
  const response = credentialOf(input.credential)
  try {
    await customers.library.api.verifyPasskeyRegistration({ body: { response, name }, headers: cookiesOf(input.headers) })
  } catch (error) {
    // It calls a passkey that it cannot check a fault of its own.
    throw isLibraryError(error) ? unusablePasskey() : new ReadsUnavailableError('The identity store does not answer', { cause: error })
  }
  customers.audit.take({ actor: { kind: 'customer', id: loginId }, act: 'login.passkey-added', subject: { kind: 'login', id: loginId } })
  customers.messages.later(async () => {
    const locale = await messageLocale(customers, loginId)
    customers.messages.send({ to: email, channel: 'email', locale, template: 'passkey-added', values: { link: customers.link('/account/security') } })
  })
}
