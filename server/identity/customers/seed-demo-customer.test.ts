import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { isSignedIn, ownCustomers } from '../../../bin/test-support/own-customers.ts'
import { sampleAccount } from '../../../processes/projector/sample-events.ts'
import { accessOf } from '../../access/list-access.ts'
import { passwordHasher } from '../password-hasher.ts'
import { seedDemoCustomer } from './seed-demo-customer.ts'
import { signInCustomer } from './sign-in-customer.ts'

const accounts = [sampleAccount(1), sampleAccount(2)]
let own: Awaited<ReturnType<typeof ownCustomers>>
beforeAll(async () => {
  vi.stubEnv('STORMDOOR_ENV', 'test')
  own = await ownCustomers(accounts, { passwords: passwordHasher })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await own.close()
})

const seed = (sessionSecret = 'a secret of the test, long enough to be one') => seedDemoCustomer({ databaseUrl: own.databaseUrl, sessionSecret, log: own.log, accounts })
const signIn = (login: { email: string; password: string }) => signInCustomer(own.customers, { ...login, headers: new Headers(), source: '192.0.2.1' })

it('the demo customer is made once, owns the accounts, and follows the secret; never in production @identity @full', async () => {
  const login = await seed()
  expect(await seed()).toEqual(login)
  expect(isSignedIn(await signIn(login))).toBe(true)
  await own.folded()
  const { id } = await own.customers.database.customerLogin.findFirstOrThrow()
  expect(await own.customers.database.customerLogin.count()).toBe(1)
  expect((await accessOf(own.sources, id)).value.map(({ accountNumber, role }) => [accountNumber, role])).toEqual(accounts.map(({ accountNumber }) => [accountNumber, 'owner']))
  expect((await own.log.statistics('identity')).distinctIds).toBe(2)
  const changed = await seed('another secret of the test, long enough to be one')
  expect(changed.password).not.toBe(login.password)
  expect(isSignedIn(await signIn(changed))).toBe(true)
  expect(JSON.stringify(await own.customers.database.customerCredential.findMany())).not.toContain(changed.password)
  vi.stubEnv('STORMDOOR_ENV', 'production')
  await expect(seed()).rejects.toThrow('production')
  vi.stubEnv('STORMDOOR_ENV', 'test')
})
