import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DEAD_DATABASE, isSignedIn, ownCustomers, requestWith } from '../../../bin/test-support/own-customers.ts'
import { sampleAccount } from '../../../processes/projector/sample-events.ts'
import { InvalidInputError, LogUnavailableError, NotFoundError, NotSignedInError, ReadsUnavailableError, TooManyRequestsError } from '../../platform/errors.ts'
import { beginReset } from './begin-reset.ts'
import { completeReset } from './complete-reset.ts'
import { requireCustomer } from './customer-sessions.ts'
import { makeLogin } from './make-login.ts'
import { signInCustomer } from './sign-in-customer.ts'

const [PASSWORD, ANOTHER] = ['seven quiet lanterns drift', 'nine other lanterns glow']

let own: Awaited<ReturnType<typeof ownCustomers>>
beforeAll(async () => {
  own = await ownCustomers([sampleAccount(1)])
  for (const email of ['first@example.com', 'second@example.com', 'third@example.com']) await makeLogin(own.customers, { email, password: PASSWORD, locale: 'en' })
})
afterAll(() => own.close())

const begin = (email: string, through = own.customers) => beginReset(through, { email, source: '192.0.2.1', locale: 'es' })
const signIn = (email: string, password: string) => signInCustomer(own.customers, { email, password, headers: new Headers(), source: '192.0.2.1' })

async function tokenFor(email: string): Promise<string> {
  await own.customers.messages.idle()
  const link = own.messages.findLast((message) => message.to === email && message.template === 'reset-link')!.values.link!
  return new URL(link).searchParams.get('token')!
}

describe('a new password by a mailed link @identity', () => {
  it('is set once, ends every session, and the old one is worth nothing', async () => {
    const before = requestWith(await signIn('first@example.com', PASSWORD))
    await begin(' First@Example.com')
    const token = await tokenFor('first@example.com')
    expect(JSON.stringify(await own.customers.database.customerVerification.findMany())).not.toContain(token)
    await expect(completeReset(own.customers, { token, password: 'first@example.com' })).rejects.toThrow(InvalidInputError)
    await completeReset(own.customers, { token, password: ANOTHER })
    await expect(requireCustomer(own.customers, before)).rejects.toThrow(NotSignedInError)
    await expect(signIn('first@example.com', PASSWORD)).rejects.toThrow(NotSignedInError)
    expect(isSignedIn(await signIn('first@example.com', ANOTHER))).toBe(true)
    await expect(completeReset(own.customers, { token, password: PASSWORD })).rejects.toThrow(NotFoundError)
    await own.customers.messages.idle()
    expect(own.messages.at(-1)).toMatchObject({ to: 'first@example.com', template: 'password-changed' })
  })

  it('is set by one of fifty who use the link at once @full', async () => {
    await begin('second@example.com')
    const token = await tokenFor('second@example.com')
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => completeReset(own.customers, { token, password: ANOTHER })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(outcomes.every((outcome) => outcome.status === 'fulfilled' || outcome.reason instanceof NotFoundError || outcome.reason instanceof ReadsUnavailableError)).toBe(true)
  })

  it('opens nothing by a link that is over, changed or none', async () => {
    await begin('third@example.com')
    const token = await tokenFor('third@example.com')
    for (const wrong of [undefined, 'short', `${token}x`, 'x'.repeat(32)]) await expect(completeReset(own.customers, { token: wrong, password: ANOTHER })).rejects.toThrow(NotFoundError)
    own.clock.aheadMs = 30 * 60_000 + 1_000
    await expect(completeReset(own.customers, { token, password: ANOTHER })).rejects.toThrow(NotFoundError)
    own.clock.aheadMs = 0
    expect(isSignedIn(await signIn('third@example.com', PASSWORD))).toBe(true)
  })

  it('keeps the link while the log cannot end the sessions', async () => {
    await begin('third@example.com')
    const token = await tokenFor('third@example.com')
    vi.spyOn(own.customers.log, 'append').mockRejectedValueOnce(new LogUnavailableError('away'))
    await expect(completeReset(own.customers, { token, password: ANOTHER })).rejects.toThrow(LogUnavailableError)
    vi.restoreAllMocks()
    await completeReset(own.customers, { token, password: ANOTHER })
  })

  it('answers an unknown address alike, with the same work before the answer, and writes to it', async () => {
    const done: unknown[] = []
    for (const email of ['first@example.com', 'nobody@example.com']) {
      const queries = vi.spyOn(own.customers.database, '$queryRaw')
      const made = vi.spyOn(own.customers.library, 'makeReset')
      const later = vi.spyOn(own.customers.messages, 'later').mockImplementation(() => undefined)
      done.push([await begin(email), queries.mock.calls.length, made.mock.calls.length, later.mock.calls.length])
      vi.restoreAllMocks()
    }
    expect(done).toEqual([[undefined, 1, 0, 1], [undefined, 1, 0, 1]])
    await begin('nobody@example.com')
    await own.customers.messages.idle()
    expect(own.messages.at(-1)).toMatchObject({ to: 'nobody@example.com', template: 'no-login', locale: 'es' })
  })

  it('is asked for three times an hour, of an unknown address too', async () => {
    for (const email of ['often@example.com', 'second@example.com']) {
      const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => begin(email)))
      expect(outcomes.some((outcome) => outcome.status === 'rejected' && outcome.reason instanceof TooManyRequestsError)).toBe(true)
    }
  })

  it('is "not now" while Postgres is dead, and counts nothing', async () => {
    const dead = await own.anotherProcess({ databaseUrl: DEAD_DATABASE })
    for (let count = 0; count < 5; count++) await expect(begin('first@example.com', dead)).rejects.toThrow(ReadsUnavailableError)
  })
})
