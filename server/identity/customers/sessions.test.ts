import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DEAD_DATABASE, isSignedIn, ownCustomers, requestWith } from '../../../bin/test-support/own-customers.ts'
import { sampleAccount } from '../../../processes/projector/sample-events.ts'
import { LogUnavailableError, InvalidInputError, NotFoundError, NotSignedInError, ReadsUnavailableError, TooManyRequestsError } from '../../platform/errors.ts'
import { followRevocations } from '../revocations.ts'
import type { SessionCookie } from '../session-cookie.ts'
import { createStaffAuth } from '../staff-auth.ts'
import { changePassword } from './change-password.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { createCustomerSessions, requireCustomer } from './customer-sessions.ts'
import { endSession } from './end-session.ts'
import { listSessions } from './list-sessions.ts'
import { makeLogin } from './make-login.ts'
import { signInCustomer } from './sign-in-customer.ts'
import { signOutCustomer } from './sign-out-customer.ts'
import { signOutEverywhere } from './sign-out-everywhere.ts'

const PASSWORD = 'seven quiet lanterns drift'
const PATIENTLY = { timeout: 10_000, interval: 10 }
const sessionSecret = 'a secret of the test, long enough to be one'
const publicUrl = 'http://localhost:3000'

let own: Awaited<ReturnType<typeof ownCustomers>>
/** Other processes of the portal: one that reads cookies alone, as api does, and one whose Postgres is dead. */
let other: CustomerAuth
let dead: CustomerAuth
beforeAll(async () => {
  own = await ownCustomers([sampleAccount(1)])
  other = await own.anotherProcess()
  dead = await own.anotherProcess({ databaseUrl: DEAD_DATABASE })
  for (const email of ['first@example.com', 'second@example.com']) await makeLogin(own.customers, { email, password: PASSWORD, locale: 'en' })
})
afterAll(() => own.close())

let places = 0
const signIn = (email = 'first@example.com', { headers = new Headers(), password = PASSWORD, source = `192.0.2.${++places}`, through = own.customers } = {}) =>
  signInCustomer(through, { email, password, headers, source })
const cookieOf = (cookies: readonly SessionCookie[], name: string) => cookies.find((cookie) => cookie.name.endsWith(`.${name}`))
const endedEverywhere = (headers: Headers) =>
  Promise.all([own.customers, other, dead].map((process) => vi.waitFor(() => expect(requireCustomer(process, headers)).rejects.toThrow(NotSignedInError), PATIENTLY)))

describe("a customer's session @identity", () => {
  it('is read from its signed cookie, also while Postgres is dead, and for 24 hours at the most', async () => {
    const cookies = await signIn()
    const customer = await requireCustomer(own.customers, requestWith(cookies))
    expect(customer).toEqual({ loginId: expect.any(String), email: 'first@example.com', sessionId: expect.any(String), signedInAt: expect.any(String) })
    expect(await requireCustomer(dead, requestWith(cookies))).toEqual(customer)
    const closed = cookies.filter(({ options }) => options.httpOnly)
    expect(closed.map(({ name, options }) => [name, options.httpOnly, options.sameSite, options.path, options.maxAge])).toEqual([
      ['stormdoor-customer.session_token', true, 'lax', '/', 86_400], ['stormdoor-customer.session_data', true, 'lax', '/', 86_400], ['stormdoor-customer.device', true, 'lax', '/', 180 * 86_400],
    ])
    vi.useFakeTimers({ now: Date.now() + 86_400_000 + 1_000, toFake: ['Date'] })
    await expect(requireCustomer(own.customers, requestWith(cookies))).rejects.toThrow(NotSignedInError)
    vi.useRealTimers()
  })

  it('is Secure on https, and only such a cookie counts there @full', async () => {
    const secure = await own.anotherProcess({ publicUrl: 'https://portal.example' })
    const cookies = await signIn('first@example.com', { through: secure })
    for (const { name, options } of cookies.filter((cookie) => cookie.options.httpOnly)) expect([name.startsWith('__Secure-stormdoor-customer.'), options.secure]).toEqual([true, true])
    for (const { options } of cookies) expect(options.secure).toBe(true)
    expect(await requireCustomer(secure, requestWith(cookies))).toMatchObject({ email: 'first@example.com' })
    await expect(requireCustomer(secure, requestWith(await signIn()))).rejects.toThrow(NotSignedInError)
  })

  it('is none of a cookie that was changed, made with another key, or of staff', async () => {
    const cookies = await signIn()
    const data = cookieOf(cookies, 'session_data')!
    const changed = JSON.parse(Buffer.from(data.value, 'base64url').toString()) as { session: { user: { email: string } } }
    changed.session.user.email = 'second@example.com'
    const forged = [{ ...data, value: Buffer.from(JSON.stringify(changed)).toString('base64url') }]
    await expect(requireCustomer(own.customers, requestWith(forged))).rejects.toThrow(NotSignedInError)
    const strange = createCustomerSessions({ sessionSecret: `${sessionSecret}!`, publicUrl, revocations: own.customers.revocations })
    expect(await strange.find(requestWith(cookies))).toBeNull()

    const asStaff = cookies.map((cookie) => ({ ...cookie, name: cookie.name.replace('stormdoor-customer', 'stormdoor-staff') }))
    const staffAuth = createStaffAuth({ databaseUrl: own.databaseUrl, sessionSecret, publicUrl })
    expect(await staffAuth.api.getSession({ headers: requestWith(asStaff) })).toBeNull()
    await staffAuth.close()
  })

  it('is a new one at each sign-in, and what the browser came with is worth nothing', async () => {
    const before = await signIn('second@example.com')
    const after = await signIn('first@example.com', { headers: requestWith(before) })
    expect(cookieOf(after, 'session_token')!.value).not.toBe(cookieOf(before, 'session_token')!.value)
    await endedEverywhere(requestWith(before))
    expect(await requireCustomer(other, requestWith(after))).toMatchObject({ email: 'first@example.com' })
    const told = vi.spyOn(console, 'error')
    const planted = new Headers({ cookie: 'stormdoor-customer.session_token=planted; stormdoor-customer.session_data=planted' })
    expect(cookieOf(await signIn('first@example.com', { headers: planted }), 'session_token')!.value).not.toContain('planted')
    expect(told, 'what strangers send is not written into the log').not.toHaveBeenCalled()
    told.mockRestore()
  })

  it('ends when it is signed out, in every process and for a copy of its cookies; the others go on', async () => {
    const [one, another] = [await signIn(), await signIn()]
    const cleared = await signOutCustomer(own.customers, requestWith(one))
    for (const name of ['session_token', 'session_data']) expect(cookieOf(cleared, name)).toMatchObject({ value: '', options: { maxAge: 0 } })
    await endedEverywhere(requestWith(one))
    expect(await requireCustomer(other, requestWith(another))).toMatchObject({ email: 'first@example.com' })
    expect(cookieOf(await signOutCustomer(own.customers, new Headers()), 'session_token')).toMatchObject({ value: '' })
  })

  it('clears its cookies also when neither the log nor Postgres answers', async () => {
    const headers = requestWith(await signIn())
    vi.spyOn(dead.log, 'append').mockRejectedValueOnce(new LogUnavailableError('away'))
    expect(cookieOf(await signOutCustomer(dead, headers), 'session_token')).toMatchObject({ value: '' })
    vi.restoreAllMocks()
  })

  it('ends everywhere within a second, and with Postgres dead by the log alone', async () => {
    for (const through of [own.customers, dead]) {
      const [one, another, strange] = [await signIn(), await signIn(), await signIn('second@example.com')].map((cookies) => requestWith(cookies)) as [Headers, Headers, Headers]
      await signOutEverywhere(through, one)
      await Promise.all([endedEverywhere(one), endedEverywhere(another)])
      expect(await requireCustomer(other, strange)).toMatchObject({ email: 'second@example.com' })
      const again = requestWith(await signIn())
      for (const process of [own.customers, other, dead]) expect(await requireCustomer(process, again)).toMatchObject({ email: 'first@example.com' })
    }
  })

  it('ends in another process within a second, as a rule @full', async () => {
    const tookMs: number[] = []
    for (let often = 0; often < 9; often++) {
      const headers = requestWith(await signIn())
      expect(await requireCustomer(other, headers)).toBeTruthy()
      await signOutEverywhere(own.customers, headers)
      const beganMs = performance.now()
      await vi.waitFor(() => expect(requireCustomer(other, headers)).rejects.toThrow(NotSignedInError), PATIENTLY)
      tookMs.push(performance.now() - beganMs)
    }
    expect(tookMs.toSorted((one, another) => one - another)[4]).toBeLessThan(1_000)
  })

  it('is not said to be ended everywhere when the log does not take it', async () => {
    const headers = requestWith(await signIn())
    vi.spyOn(own.customers.log, 'append').mockRejectedValueOnce(new LogUnavailableError('away'))
    await expect(signOutEverywhere(own.customers, headers)).rejects.toThrow(LogUnavailableError)
    vi.restoreAllMocks()
    expect(await requireCustomer(own.customers, headers)).toMatchObject({ email: 'first@example.com' })
  })

  it('is "not now", never "not signed in", in a process that could not read yet which ones have ended', async () => {
    const logger = { warn: () => undefined }
    const clock = { ...own.clock, sleep: (durationMs: number, signal?: AbortSignal) => own.clock.sleep(Math.min(durationMs, 20), signal) }
    const revocations = followRevocations({ log: () => Promise.reject(new LogUnavailableError('away')), clock, random: own.customers.random, logger })
    const blind = createCustomerSessions({ sessionSecret, publicUrl, revocations })
    await expect(requireCustomer(blind, requestWith(await signIn()))).rejects.toThrow(ReadsUnavailableError)
    await expect(requireCustomer(blind, new Headers())).rejects.toThrow(NotSignedInError)
    revocations.close()
  })

  it('is listed to its own person, who may end it, and to nobody else @full', async () => {
    await signOutEverywhere(own.customers, requestWith(await signIn('second@example.com')))
    const here = requestWith(await signIn('second@example.com', { headers: new Headers({ 'user-agent': 'here' }) }))
    const there = requestWith(await signIn('second@example.com', { headers: new Headers({ 'user-agent': 'there' }) }))
    const listed = await listSessions(own.customers, here)
    expect(listed.map(({ userAgent, current }) => [userAgent, current])).toEqual([['there', false], ['here', true]])
    const strange = requestWith(await signIn('first@example.com'))
    await expect(endSession(own.customers, { sessionId: listed[0]!.sessionId, headers: strange })).rejects.toThrow(NotFoundError)
    expect(await requireCustomer(own.customers, there)).toBeTruthy()
    await endSession(own.customers, { sessionId: listed[0]!.sessionId, headers: here })
    await endedEverywhere(there)
    expect(await listSessions(own.customers, here)).toHaveLength(1)
    await expect(listSessions(own.customers, new Headers())).rejects.toThrow(NotSignedInError)
  })
})

describe('signing in @identity', () => {
  it('refuses a wrong password and an unknown address in the same words, after the same work', async () => {
    const { password } = await own.customers.library.context
    const work: unknown[] = []
    for (const email of ['second@example.com', 'nobody@example.com']) {
      const [hash, verify] = [vi.spyOn(password, 'hash'), vi.spyOn(password, 'verify')]
      const refusal = await signIn(email, { password: 'not the password' }).then(() => null, (error: unknown) => error)
      expect(refusal).toBeInstanceOf(NotSignedInError)
      work.push([(refusal as Error).message, hash.mock.calls.length + verify.mock.calls.length])
      vi.restoreAllMocks()
    }
    expect(work).toEqual([['Email and password do not belong together', 1], ['Email and password do not belong together', 1]])
    expect(own.acts.filter(({ act }) => act === 'login.refused')).toHaveLength(2)
    expect(JSON.stringify(own.acts)).not.toMatch(/not the password|nobody@/)
  })

  it('says "not now" while Postgres is dead, and does not count the attempt', async () => {
    for (let attempt = 0; attempt < 10; attempt++) await expect(signIn('first@example.com', { through: dead, source: '203.0.113.1' })).rejects.toThrow(ReadsUnavailableError)
  })

  it('slows a guesser, 50 at once included, and not the same login from elsewhere @full', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => signIn('second@example.com', { password: 'a guess of many', source: '198.51.100.1' })))
    expect(outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof TooManyRequestsError)).toHaveLength(44)
    expect(isSignedIn(await signIn('second@example.com', { source: '198.51.100.2' }))).toBe(true)
  })
})

describe('changing the password @identity', () => {
  it('wants the present one, ends every other session, and goes on here', async () => {
    await makeLogin(own.customers, { email: 'third@example.com', password: PASSWORD, locale: 'en' })
    const [here, there] = [requestWith(await signIn('third@example.com')), requestWith(await signIn('third@example.com'))]
    const change = (currentPassword: string, newPassword: string) => changePassword(own.customers, { currentPassword, newPassword, headers: here, source: '192.0.2.99', locale: 'en' })
    await expect(change('not the password', 'nine other lanterns')).rejects.toMatchObject({ fields: [{ field: '/currentPassword', rule: 'wrong-password' }] })
    await expect(change(PASSWORD, 'third@example.com')).rejects.toThrow(InvalidInputError)
    const after = requestWith(await change(PASSWORD, 'nine other lanterns glow'))
    await Promise.all([endedEverywhere(here), endedEverywhere(there)])
    expect(await requireCustomer(other, after)).toMatchObject({ email: 'third@example.com' })
    await expect(signIn('third@example.com')).rejects.toThrow(NotSignedInError)
    await own.customers.messages.idle()
    expect(own.messages.at(-1)).toMatchObject({ to: 'third@example.com', template: 'password-changed' })
  })
})
