import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DEAD_DATABASE, isSignedIn, ownCustomers, requestWith } from '../../../bin/test-support/own-customers.ts'
import { sampleAccount } from '../../../processes/projector/sample-events.ts'
import { accessOf } from '../../access/list-access.ts'
import { InvalidInputError, LogUnavailableError, ReadsUnavailableError, TooManyRequestsError } from '../../platform/errors.ts'
import { addAccount } from './add-account.ts'
import { beginSignUp } from './begin-sign-up.ts'
import { completeAddAccount } from './complete-add-account.ts'
import { completeSignUp } from './complete-sign-up.ts'
import { requireCustomer } from './customer-sessions.ts'

const PASSWORD = 'seven quiet lanterns drift'
const accounts = Array.from({ length: 30 }, (_, index) => sampleAccount(index + 1))
const numberOf = (index: number) => accounts[index]!.accountNumber
const phoneOf = (index: number) => accounts[index]!.personal.phones[0]!

let own: Awaited<ReturnType<typeof ownCustomers>>
beforeAll(async () => {
  own = await ownCustomers(accounts)
})
afterAll(() => own.close())

let asked = 0
/** From a place of its own, so that no test uses up another's limit. */
const begin = (accountNumber: string, contact: string, source = `192.0.2.${++asked}`) => beginSignUp(own.customers, { accountNumber, contact, source, locale: 'en' })

/** The code that was sent to a contact last. */
async function codeFor(contact: string): Promise<string> {
  await own.customers.messages.idle()
  return own.messages.findLast((message) => message.to === contact && message.values.code)?.values.code ?? 'none'
}

const complete = (signUpId: string, code: string, email: string, password = PASSWORD) => completeSignUp(own.customers, { signUpId, code, email, password, headers: new Headers() })

async function problemsOf(work: Promise<unknown>): Promise<[string, string][]> {
  const refusal = await work.then(() => null, (error: unknown) => error)
  expect(refusal).toBeInstanceOf(InvalidInputError)
  return (refusal as InvalidInputError).fields.map(({ field, rule }) => [field, rule])
}

describe('signing up @identity', () => {
  it('takes the account number and a code sent to a phone or an address on file, and makes an owner', async () => {
    const { signUpId } = await begin(numberOf(0).toLowerCase().replaceAll('-', ' '), '(555) 100-0001')
    const code = await codeFor(phoneOf(0))
    expect(own.messages.at(-1)).toMatchObject({ to: phoneOf(0), channel: 'sms', template: 'sign-up-code' })
    const cookies = await complete(signUpId, ` ${code.slice(0, 3)} ${code.slice(3)} `, ' First@Example.com')
    const customer = await requireCustomer(own.customers, requestWith(cookies))
    expect(customer.email).toBe('first@example.com')
    await own.folded()
    expect((await accessOf(own.sources, customer.loginId)).value).toMatchObject([{ accountNumber: numberOf(0), role: 'owner' }])

    const byMail = await begin(numberOf(1), 'CUSTOMER2@example.com')
    expect(isSignedIn(await complete(byMail.signUpId, await codeFor('customer2@example.com'), 'customer2@example.com'))).toBe(true)
    expect(own.acts.map(({ act }) => act)).toEqual(expect.arrayContaining(['login.code-sent', 'access.given', 'login.signed-up']))
    expect(JSON.stringify(own.acts)).not.toContain(code)
  })

  it('keeps no code: only a keyed hash of it', async () => {
    await begin(numberOf(2), phoneOf(2))
    const code = await codeFor(phoneOf(2))
    const rows = await own.customers.database.customerCode.findMany()
    expect(JSON.stringify(rows)).not.toContain(code)
    expect(new Set(rows.map(({ codeHash }) => codeHash)).size).toBe(rows.length)
  })

  it('answers alike whether or not there is such an account or contact: the same work until the answer, and nothing said after', async () => {
    const { database, library } = own.customers
    const { password } = await library.context
    const work = vi.spyOn(database.customerCode, 'create')
    const reads = vi.spyOn(own.sources.redis, 'use')
    const hashes = vi.spyOn(password, 'hash')
    const done: object[] = []
    const later = vi.spyOn(own.customers.messages, 'later').mockImplementation(() => undefined)
    const send = vi.spyOn(own.customers.messages, 'send')
    for (const [accountNumber, contact] of [[numberOf(3), phoneOf(3)], [numberOf(3), '+15559999999'], ['9999-999999', phoneOf(3)], ['nonsense', 'nobody@example.com']] as const) {
      for (const spy of [work, reads, hashes, later, send]) spy.mockClear()
      const answer = await begin(accountNumber, contact)
      done.push([Object.keys(answer), answer.signUpId.length, ...[work, reads, hashes, later, send].map((spy) => spy.mock.calls.length)])
    }
    vi.restoreAllMocks()
    expect(done).toEqual(Array.from({ length: 4 }, () => [['signUpId'], 36, 1, 0, 0, 1, 0]))
  })

  it('says the same of a wrong code, of one that is over or used, and of one that was never sent', async () => {
    const unknown = await begin('9999-999999', phoneOf(4))
    const mismatch = await begin(numberOf(4), '+15558888888')
    const right = await begin(numberOf(5), phoneOf(5))
    const code = await codeFor(phoneOf(5))
    expect(own.messages.filter(({ to }) => to === '+15558888888' || to === phoneOf(4)), 'nothing goes to a contact that is not on file').toEqual([])
    const wrong = [['/code', 'code']]
    expect(await problemsOf(complete(unknown.signUpId, '123456', 'a@example.com'))).toEqual(wrong)
    expect(await problemsOf(complete(mismatch.signUpId, '123456', 'a@example.com'))).toEqual(wrong)
    expect(await problemsOf(complete('019c0000-0000-7000-8000-000000000001', code, 'a@example.com'))).toEqual(wrong)
    own.clock.aheadMs = 10 * 60_000 + 1
    expect(await problemsOf(complete(right.signUpId, code, 'a@example.com'))).toEqual(wrong)
    own.clock.aheadMs = 0
    await complete(right.signUpId, code, 'used@example.com')
    expect(await problemsOf(complete(right.signUpId, code, 'again@example.com'))).toEqual(wrong)
  })

  it('lets a code be tried five times, however many try at once', async () => {
    const { signUpId } = await begin(numberOf(6), phoneOf(6))
    const code = await codeFor(phoneOf(6))
    const guess = code === '000000' ? '000001' : '000000'
    await Promise.all(Array.from({ length: 50 }, () => problemsOf(complete(signUpId, guess, 'a@example.com'))))
    expect((await own.customers.database.customerCode.findUniqueOrThrow({ where: { id: signUpId } })).tries).toBe(5)
    expect(await problemsOf(complete(signUpId, code, 'a@example.com'))).toEqual([['/code', 'code']])
  })

  it('makes one login of a code that fifty use at once', async () => {
    const { signUpId } = await begin(numberOf(7), phoneOf(7))
    const code = await codeFor(phoneOf(7))
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => complete(signUpId, code, `racer${index}@example.com`)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await own.customers.database.customerLogin.count({ where: { email: { startsWith: 'racer' } } })).toBe(1)
  })

  it('refuses a weak password without using the code up, and an address that has a login', async () => {
    const { signUpId } = await begin(numberOf(8), phoneOf(8))
    const code = await codeFor(phoneOf(8))
    for (let often = 0; often < 6; often++) expect(await problemsOf(complete(signUpId, code, 'weak@example.com', 'password1234'))).toEqual([['/password', 'password-common']])
    for (let often = 0; often < 4; often++) expect(await problemsOf(complete(signUpId, code, 'first@example.com'))).toEqual([['/email', 'email-taken']])
    await own.customers.messages.idle()
    expect(own.messages.filter(({ to, template }) => to === 'first@example.com' && template === 'has-login')).toHaveLength(2)
    expect(isSignedIn(await complete(signUpId, code, 'strong@example.com'))).toBe(true)
  })

  it('sends three codes an hour to a contact and for an account; a contact on file is not flooded by guesses of others', async () => {
    for (let count = 0; count < 3; count++) await begin('9999-000001', '+15557777777')
    await expect(begin('9999-000002', '+15557777777')).rejects.toThrow(TooManyRequestsError)
    const busy = sampleAccount(10)
    for (let count = 0; count < 3; count++) await begin(busy.accountNumber, busy.personal.phones[0]!)
    await begin(busy.accountNumber, busy.personal.email!)
    await own.customers.messages.idle()
    expect(own.messages.filter(({ to, values }) => [busy.personal.phones[0], busy.personal.email].includes(to) && values.code)).toHaveLength(3)
  })

  it('is not in the way of fifty people behind one address', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 150 }, (_, index) => begin(`8888-${index}`, `+1555666${String(index).padStart(4, '0')}`, '198.51.100.9')))
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
  })

  it('names what cannot be a contact', async () => {
    expect(await problemsOf(begin(numberOf(9), 'my phone'))).toEqual([['/contact', 'contact']])
    expect(await problemsOf(begin('', '+15551000001'))).toEqual([['/accountNumber', 'min-1']])
  })

  it('leaves nothing behind and the code as it was when the log does not take the access', async () => {
    const { signUpId } = await begin(numberOf(11), phoneOf(11))
    const code = await codeFor(phoneOf(11))
    const append = vi.spyOn(own.customers.log, 'append').mockRejectedValueOnce(new LogUnavailableError('away'))
    await expect(complete(signUpId, code, 'later@example.com')).rejects.toThrow(LogUnavailableError)
    append.mockRestore()
    expect(await own.customers.database.customerLogin.count({ where: { email: 'later@example.com' } })).toBe(0)
    expect(isSignedIn(await complete(signUpId, code, 'later@example.com'))).toBe(true)
  })

  it('says "not now" while Postgres is dead, and counts nothing', async () => {
    const dead = await own.anotherProcess({ databaseUrl: DEAD_DATABASE })
    for (let count = 0; count < 5; count++) {
      await expect(beginSignUp(dead, { accountNumber: numberOf(12), contact: phoneOf(12), source: '203.0.113.5', locale: 'en' })).rejects.toThrow(ReadsUnavailableError)
    }
  })
})

describe('another account of a login @identity', () => {
  it('is added by a code that only who asked for it can use; owners that it has are told', async () => {
    const one = await begin(numberOf(13), phoneOf(13))
    const second = requestWith(await complete(one.signUpId, await codeFor(phoneOf(13)), 'second@example.com'))
    const other = await begin(numberOf(14), phoneOf(14))
    const third = requestWith(await complete(other.signUpId, await codeFor(phoneOf(14)), 'third@example.com'))
    await own.folded()
    const ask = { accountNumber: numberOf(13), contact: accounts[13]!.personal.email, headers: third, source: '192.0.2.200', locale: 'en' } as const
    const { additionId } = await addAccount(own.customers, ask)
    const code = await codeFor(accounts[13]!.personal.email!)
    expect(await problemsOf(completeAddAccount(own.customers, { additionId, code, headers: second }))).toEqual([['/code', 'code']])
    expect(await problemsOf(complete(additionId, code, 'fourth@example.com'))).toEqual([['/code', 'code']])
    expect(await completeAddAccount(own.customers, { additionId, code, headers: third })).toEqual({ accountNumber: numberOf(13) })
    await own.customers.messages.idle()
    expect(own.messages.at(-1)).toMatchObject({ to: 'second@example.com', template: 'new-owner', values: { email: 'third@example.com', ending: numberOf(13).slice(-4) } })
    await own.folded()
    const { loginId } = await requireCustomer(own.customers, third)
    expect((await accessOf(own.sources, loginId)).value.map(({ accountNumber }) => accountNumber)).toEqual([numberOf(13), numberOf(14)])
  })
})
