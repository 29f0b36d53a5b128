import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isSignedIn, ownCustomers, requestWith } from '../../../bin/test-support/own-customers.ts'
import { softwareAuthenticator } from '../../../bin/test-support/software-authenticator.ts'
import { sampleAccount } from '../../../processes/projector/sample-events.ts'
import { InvalidInputError, NotFoundError, NotSignedInError, SignInAgainError } from '../../platform/errors.ts'
import { requireCustomer } from './customer-sessions.ts'
import { makeLogin } from './make-login.ts'
import { listPasskeys, removePasskey } from './own-passkeys.ts'
import { beginPasskeyRegistration, completePasskeyRegistration } from './register-passkey.ts'
import { signInCustomer } from './sign-in-customer.ts'
import { beginPasskeySignIn, signInWithPasskey } from './sign-in-with-passkey.ts'

const PASSWORD = 'seven quiet lanterns drift'
const [origin, rpId] = ['http://localhost:3000', 'localhost']

let own: Awaited<ReturnType<typeof ownCustomers>>
beforeAll(async () => {
  own = await ownCustomers([sampleAccount(1)])
  for (const email of ['first@example.com', 'second@example.com']) await makeLogin(own.customers, { email, password: PASSWORD, locale: 'en' })
})
afterAll(() => own.close())

const signIn = (email: string) => signInCustomer(own.customers, { email, password: PASSWORD, headers: new Headers(), source: '192.0.2.1' })
type Authenticator = ReturnType<typeof softwareAuthenticator>

async function register(email: string, authenticator: Authenticator, from?: string): Promise<Headers> {
  const session = await signIn(email)
  const { options, cookies } = await beginPasskeyRegistration(own.customers, requestWith(session))
  expect(options).toMatchObject({ rp: { id: rpId }, user: { name: email }, authenticatorSelection: { userVerification: 'required', residentKey: 'required' } })
  const headers = requestWith([...session, ...cookies])
  await completePasskeyRegistration(own.customers, { credential: authenticator.create(options, from), name: 'My phone', headers })
  return headers
}

async function begin() {
  const { options, cookies } = await beginPasskeySignIn(own.customers, { source: '192.0.2.1' })
  return { options, headers: requestWith(cookies) }
}

describe('passkeys @identity', () => {
  it('sign their person in without a password, each challenge once', async () => {
    const authenticator = softwareAuthenticator({ origin, rpId })
    await register('first@example.com', authenticator)
    const { options, headers } = await begin()
    expect(JSON.stringify(options)).not.toContain('allowCredentials')
    const credential = authenticator.get(options)
    const cookies = await signInWithPasskey(own.customers, { credential, headers })
    expect(isSignedIn(cookies)).toBe(true)
    expect(await requireCustomer(own.customers, requestWith(cookies))).toMatchObject({ email: 'first@example.com' })
    await expect(signInWithPasskey(own.customers, { credential, headers })).rejects.toThrow(NotSignedInError)
    await own.customers.messages.idle()
    expect(own.messages.at(-1)).toMatchObject({ to: 'first@example.com', template: 'passkey-added' })
  })

  it('end the session that the browser came with @full', async () => {
    const authenticator = softwareAuthenticator({ origin, rpId })
    await register('first@example.com', authenticator)
    const before = await signIn('second@example.com')
    const { options, cookies } = await beginPasskeySignIn(own.customers, { source: '192.0.2.1' })
    await signInWithPasskey(own.customers, { credential: authenticator.get(options), headers: requestWith([...before, ...cookies]) })
    await expect(requireCustomer(own.customers, requestWith(before))).rejects.toThrow(NotSignedInError)
  })

  it('are refused from another site, unknown, without the check of who holds them, or without their challenge', async () => {
    const known = softwareAuthenticator({ origin, rpId })
    await register('first@example.com', known)
    const elsewhere = await begin()
    await expect(signInWithPasskey(own.customers, { credential: known.get(elsewhere.options, 'https://evil.example'), headers: elsewhere.headers })).rejects.toThrow(NotSignedInError)
    const strange = await begin()
    await expect(signInWithPasskey(own.customers, { credential: softwareAuthenticator({ origin, rpId }).get(strange.options), headers: strange.headers })).rejects.toThrow(NotSignedInError)
    const bare = await begin()
    await expect(signInWithPasskey(own.customers, { credential: known.get(bare.options), headers: new Headers() })).rejects.toThrow(NotSignedInError)
    await expect(signInWithPasskey(own.customers, { credential: 'nonsense', headers: bare.headers })).rejects.toThrow(InvalidInputError)
    await expect(register('first@example.com', softwareAuthenticator({ origin, rpId, verifiesUser: false }))).rejects.toThrow(InvalidInputError)
    await expect(register('first@example.com', softwareAuthenticator({ origin, rpId }), 'https://evil.example')).rejects.toThrow(InvalidInputError)
  })

  it('are added to nobody else, and only soon after signing in @full', async () => {
    const [first, second] = [await signIn('first@example.com'), await signIn('second@example.com')]
    const { options, cookies } = await beginPasskeyRegistration(own.customers, requestWith(first))
    const credential = softwareAuthenticator({ origin, rpId }).create(options)
    await expect(completePasskeyRegistration(own.customers, { credential, name: 'Theirs', headers: requestWith([...second, ...cookies]) })).rejects.toThrow(InvalidInputError)
    own.clock.aheadMs = 15 * 60_000 + 1_000
    await expect(beginPasskeyRegistration(own.customers, requestWith(first))).rejects.toThrow(SignInAgainError)
    own.clock.aheadMs = 0
    await expect(beginPasskeyRegistration(own.customers, new Headers())).rejects.toThrow(NotSignedInError)
  })

  it('are listed to their person, who may remove them: then they open nothing', async () => {
    const authenticator = softwareAuthenticator({ origin, rpId })
    const headers = await register('second@example.com', authenticator)
    const [passkey] = await listPasskeys(own.customers, headers)
    expect(passkey).toMatchObject({ name: 'My phone', createdAt: expect.any(String) })
    const strange = requestWith(await signIn('first@example.com'))
    await expect(removePasskey(own.customers, { passkeyId: passkey!.passkeyId, headers: strange })).rejects.toThrow(NotFoundError)
    await expect(removePasskey(own.customers, { passkeyId: 'nonsense', headers })).rejects.toThrow(NotFoundError)
    await removePasskey(own.customers, { passkeyId: passkey!.passkeyId, headers })
    expect(await listPasskeys(own.customers, headers)).toEqual([])
    const { options, headers: challenge } = await begin()
    await expect(signInWithPasskey(own.customers, { credential: authenticator.get(options), headers: challenge })).rejects.toThrow(NotSignedInError)
  })
})
