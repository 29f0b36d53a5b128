import { scryptSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { DEAD_DATABASE } from '../../bin/test-support/own-customers.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { customerLibrary } from './customers/customer-library.ts'
import { passwordHasher } from './password-hasher.ts'
import { createStaffAuth } from './staff-auth.ts'

const password = 'seven quiet lanterns drift'
const store = { databaseUrl: DEAD_DATABASE, sessionSecret: 'a secret of the test, long enough to be one', publicUrl: 'http://localhost:3000' }

it.each([
  ['staff', () => createStaffAuth(store)],
  ['customers', () => customerLibrary({ ...store, utilityName: 'test', clock: systemClock, random: systemRandom })],
])('a password of %s is kept as scrypt makes it at 16,384 rounds over 32 MB, each with its own salt @identity', async (_whose, open) => {
  const opened = open()
  const { password: kept } = await opened.context
  const [hash, again] = [await kept.hash(password), await kept.hash(password)]
  const [salt = '', key] = hash.split(':')
  expect(salt).toMatch(/^[0-9a-f]{32}$/)
  expect(again.split(':')[0]).not.toBe(salt)
  expect(key).toBe(scryptSync(password, salt, 64, { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }).toString('hex'))
  expect(await kept.verify({ hash, password })).toBe(true)
  expect(await kept.verify({ hash, password: `${password}.` })).toBe(false)
  await opened.close()
})

it('the copy of staff is asked with the same @identity', async () => {
  const auth = createStaffAuth(store)
  expect(auth.passwords).toBe(passwordHasher)
  await auth.close()
})
