import { describe, expect, it } from 'vitest'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { requestWith } from '../../../bin/test-support/own-customers.ts'
import { TooManyRequestsError } from '../../platform/errors.ts'
import { createRedis } from '../../platform/redis.ts'
import { createCustomerLimits } from './customer-limits.ts'
import { knownDevices } from './known-device.ts'

const email = 'owner@example.com'
const attempt = (source: string, knownDevice: string | null = null) => ({ email, source, knownDevice })
const refusals = async (work: Promise<unknown>[]) => (await Promise.allSettled(work)).filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof TooManyRequestsError).length

describe('limits of customers @identity', () => {
  it('slow a login that is guessed at from everywhere, and never its owner on a device that is known', async () => {
    const limits = createCustomerLimits(null)
    const stuffed = await refusals(Array.from({ length: 200 }, (_, index) => limits.takeSignIn(attempt(`198.51.100.${index}`))))
    expect(stuffed).toBe(179)
    await expect(limits.takeSignIn(attempt('203.0.113.1'))).rejects.toMatchObject({ retryAfterSeconds: expect.toSatisfy((seconds: number) => seconds <= 20) })
    await limits.takeSignIn(attempt('203.0.113.1', 'known'))
    expect(await refusals([limits.takeSignIn({ ...attempt('203.0.113.2'), email: 'other@example.com' })])).toBe(0)
  })

  it('hold a known device to the same as a place: whoever took it may not guess for ever', async () => {
    const limits = createCustomerLimits(null)
    expect(await refusals(Array.from({ length: 50 }, (_, index) => limits.takeSignIn(attempt(`198.51.100.${index}`, 'known'))))).toBe(44)
  })

  it('are not met by fifty people behind one address who mistype five times each', async () => {
    const limits = createCustomerLimits(null)
    const tries = Array.from({ length: 250 }, (_, index) => limits.takeSignIn({ email: `person${index % 50}@example.com`, source: '192.0.2.1', knownDevice: null }))
    expect(await refusals(tries)).toBe(0)
  })

  it('end one place that tries a password at many logins', async () => {
    const limits = createCustomerLimits(null)
    expect(await refusals(Array.from({ length: 1_000 }, (_, index) => limits.takeSignIn({ email: `person${index}@example.com`, source: '2001:db8:1:2::1', knownDevice: null })))).toBe(700)
    await expect(limits.takeSignIn({ email, source: '2001:db8:1:2:ffff::2', knownDevice: null })).rejects.toThrow(TooManyRequestsError)
  })

  it('let nobody who only opens the sign-in page use up the codes and links of a place', async () => {
    const limits = createCustomerLimits(null)
    expect(await refusals(Array.from({ length: 1_001 }, () => limits.takeChallenge('192.0.2.1')))).toBe(1)
    expect(await refusals(Array.from({ length: 201 }, () => limits.takeAsked('192.0.2.1')))).toBe(1)
  })

  it('are given back by a right password, and by what could not be looked at', async () => {
    const limits = createCustomerLimits(null)
    for (let often = 0; often < 100; often++) {
      await limits.takeSignIn(attempt('192.0.2.1'))
      await limits.giveBackSignIn(attempt('192.0.2.1'), often % 2 ? 'signed-in' : 'not-checked')
    }
  })

  it('are counted together by all processes, and hold without Redis as well; no address stands in it', async () => {
    const redis = createRedis(await freshRedis(), { commandTimeoutMs: 2_000, connectionName: 'test' })
    if (redis.status !== 'ready') await new Promise<void>((resolve) => void redis.once('ready', () => resolve()))
    const [one, two] = [createCustomerLimits(redis), createCustomerLimits(redis)]
    expect(await refusals(Array.from({ length: 10 }, (_, index) => (index % 2 ? one : two).takeSignIn(attempt('192.0.2.1'))))).toBe(4)
    expect((await redis.keys('*')).join(' ')).not.toContain('owner@')
    redis.disconnect()
    expect(await refusals(Array.from({ length: 10 }, () => one.takeSignIn(attempt('192.0.2.2'))))).toBe(4)
  })
})

describe('a known device @identity', () => {
  const devices = knownDevices({ sessionSecret: 'a secret of the test, long enough to be one', publicUrl: 'https://portal.example' })
  const newId = uuidV7(systemClock, systemRandom)

  it('is known for the logins that were signed in on it, and tells nobody which', () => {
    const first = devices.remember(new Headers(), email, newId)
    expect(first).toMatchObject({ name: '__Secure-stormdoor-customer.device', options: { httpOnly: true, secure: true, sameSite: 'lax' } })
    expect(first.value).not.toContain('owner')
    expect(devices.find(requestWith([first]), email)).toBe(newId)
    expect(devices.find(requestWith([first]), 'other@example.com')).toBeNull()
    const both = devices.remember(requestWith([first]), 'other@example.com', uuidV7(systemClock, systemRandom))
    expect([email, 'other@example.com'].map((login) => devices.find(requestWith([both]), login))).toEqual([newId, newId])
  })

  it('cannot be made up, and remembers a family at the most', () => {
    const forged = { ...devices.remember(new Headers(), email, newId), value: `${newId}.${'A'.repeat(43)}` }
    for (const cookies of [[], [forged], [{ ...forged, value: `${newId}.ñ` }], [{ ...forged, value: '' }]]) expect(devices.find(requestWith(cookies), email)).toBeNull()
    const elsewhere = knownDevices({ sessionSecret: 'another secret of the test, long enough too', publicUrl: 'https://portal.example' })
    expect(devices.find(requestWith([elsewhere.remember(new Headers(), email, newId)]), email)).toBeNull()
    let cookie = devices.remember(new Headers(), email, newId)
    for (let index = 0; index < 6; index++) cookie = devices.remember(requestWith([cookie]), `person${index}@example.com`, newId)
    expect([devices.find(requestWith([cookie]), email), devices.find(requestWith([cookie]), 'person5@example.com')]).toEqual([null, newId])
  })
})
