import { NotSignedInError, ReadsUnavailableError } from '../../platform/errors.ts'
import { type SessionCookie, sessionCookies } from '../session-cookie.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { cookiesOf, credentialOf } from './passkey-request.ts'
import { takeOver } from './start-session.ts'
import { isRefusal, whenIdentityAnswers } from './when-identity-answers.ts'

type ShownPasskey = NonNullable<Parameters<CustomerAuth['library']['api']['verifyPasskeyAuthentication']>[0]>['body']['response']
export type PasskeySignInOptions = Awaited<ReturnType<CustomerAuth['library']['api']['generatePasskeyAuthenticationOptions']>>

/**
 * What the browser's `navigator.credentials.get` wants (as JSON): the person chooses the passkey, so nobody is named.
 * Throws TooManyRequestsError, ReadsUnavailableError.
 */
export async function beginPasskeySignIn(customers: CustomerAuth, { source }: { source: string }): Promise<{ options: PasskeySignInOptions; cookies: SessionCookie[] }> {
  await customers.limits.takeChallenge(source)
  const answer = await whenIdentityAnswers(() => customers.library.api.generatePasskeyAuthenticationOptions({ headers: new Headers(), returnHeaders: true }))
  return { options: answer.response, cookies: sessionCookies(answer.headers) }
}

/**
 * Signs a customer in by a passkey: always a new session.
 * @returns the cookies to set
 * @throws NotSignedInError for a passkey that is none of ours, or no longer; InvalidInputError (/credential), ReadsUnavailableError
 */
export async function signInWithPasskey(customers: CustomerAuth, input: { credential: unknown; headers: Headers }): Promise<SessionCookie[]> {
  // The library checks each part of it, whatever its type says.
  const response = credentialOf(input.credential) as unknown as ShownPasskey
  const { library, audit } = customers
  const answer = await library.api.verifyPasskeyAuthentication({ body: { response }, headers: cookiesOf(input.headers), returnHeaders: true }).catch((error: unknown) => {
    if (!isRefusal(error)) throw new ReadsUnavailableError('The identity store does not answer', { cause: error })
    audit.take({ actor: { kind: 'guest', id: 'sign-in' }, act: 'login.refused', subject: { kind: 'login', id: 'unknown' }, after: { by: 'passkey' } })
    throw new NotSignedInError('This passkey opens no login')
  })
  const { id: loginId, email } = answer.response.user
  audit.take({ actor: { kind: 'customer', id: loginId }, act: 'login.signed-in', subject: { kind: 'login', id: loginId }, after: { by: 'passkey' } })
  return takeOver(customers, { loginId, email, headers: input.headers, cookies: sessionCookies(answer.headers) })
}
