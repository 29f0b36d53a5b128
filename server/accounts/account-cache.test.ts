import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { sampleAccount } from '../../processes/projector/sample-events.ts'
import { accountsByFacts, accountsFromRedis, countAccounts, putAccounts } from './account-cache.ts'
import { factBucket, factBytes } from './cache/account-facts.ts'
import { packAccountKey } from './cache/account-key-bytes.ts'
import type { AccountEntry } from './cache/account-record.ts'

const asOf = '2026-01-31T04:00:00.000Z'
const entry = (version: string, ...sample: Parameters<typeof sampleAccount>): AccountEntry => ({ version, asOf, account: sampleAccount(...sample) })
const closed = (version: string, accountNumber: string): AccountEntry => ({ version, asOf, accountNumber, closed: true })
const street = { line1: '9 Long Building', city: 'Harbor', postalCode: '95404' }
let redis: Redis

beforeEach(async () => {
  redis = new Redis(await freshRedis())
})
afterEach(() => redis.disconnect())

const numbersOf = async (fact: string, most = 20): Promise<string[]> => (await accountsByFacts(redis, [fact], most))[0]!.map(({ value }) => value.accountNumber)
/** Lists an account under a fact that is not its own. */
const list = async (fact: string, key: string): Promise<void> => {
  const bytes = factBytes(fact)
  await redis.zadd(`accounts:0:f:${factBucket(bytes, 0)}`, 0, Buffer.concat([bytes.subarray(2), packAccountKey(key)]))
}
const recordKey = async (): Promise<string> => (await redis.keys('accounts:0:r:*'))[0]!

describe('putAccounts', () => {
  it('closes an account, opens it again when it comes back, and lets no older value do either', async () => {
    await putAccounts(redis, [entry('3', 1), entry('3', 2)])
    await putAccounts(redis, [closed('5', '4100-000001'), closed('2', '4100-000002')])
    await putAccounts(redis, [entry('4', 1)])
    expect(await accountsFromRedis(redis, ['4100000001', '4100000002'])).toMatchObject([{ value: { accountNumber: '4100-000002' }, version: '3' }])
    expect(await numbersOf('meter:M1')).toEqual([])
    expect(await countAccounts(redis)).toBe(1)
    await putAccounts(redis, [entry('6', 1)])
    expect(await numbersOf('meter:M1')).toEqual(['4100-000001'])
    expect(await countAccounts(redis)).toBe(2)
  })

  it('compares versions byte by byte to their ends', async () => {
    await putAccounts(redis, [entry('a.us-West.n', 1)])
    await putAccounts(redis, [entry('a.us-West.N', 1, { personal: { name: 'Older' } }), entry('a.us-West', 1, { personal: { name: 'Older' } })])
    expect(await accountsFromRedis(redis, ['4100000001'])).toMatchObject([{ version: 'a.us-West.n' }])
  })

  it('writes over a record of an encoding that it does not know, unless that is newer', async () => {
    await putAccounts(redis, [entry('3', 1)])
    const key = await recordKey()
    const field = packAccountKey('4100000001')
    const record = (await redis.hgetBuffer(key, field))!
    record[0] = 200
    await redis.hset(key, field, record)
    expect(await accountsFromRedis(redis, ['4100000001'])).toEqual([])
    expect(await numbersOf('meter:M1')).toEqual([])
    await putAccounts(redis, [entry('2', 1)])
    expect((await redis.hgetBuffer(key, field))![0]).toBe(200)
    await putAccounts(redis, [entry('3', 1)])
    expect(await numbersOf('meter:M1')).toEqual(['4100-000001'])
  })
})

describe('accountsByFacts', () => {
  it('asks on when what it got first was stale or of another fact', async () => {
    await putAccounts(redis, Array.from({ length: 60 }, (_, number) => entry('1', number, { personal: { address: { ...street, line2: `Apt ${number}` } } })))
    expect(await numbersOf('address:9 long building', 5)).toEqual([0, 1, 2, 3, 4].map((number) => `4100-00000${number}`))
    await list('meter:M7', '4100000008')
    expect(await numbersOf('meter:M7')).toEqual(['4100-000007'])
    for (let number = 0; number < 30; number++) await list('address:9 long building', `40${String(number).padStart(8, '0')}`)
    expect(await numbersOf('address:9 long building', 5)).toEqual([0, 1, 2, 3, 4].map((number) => `4100-00000${number}`))
    expect(await numbersOf('address:9 long building', 100)).toHaveLength(60)
    expect(await numbersOf('address:9 long building apt 7')).toEqual(['4100-000007'])
  })

  it('answers many facts in their order, of each by account number', async () => {
    await putAccounts(redis, [3, 1, 2].map((number) => entry('1', number, { servicePoint: 'SHARED' })))
    const answers = await accountsByFacts(redis, ['meter:M2', 'servicepoint:SHARED', 'meter:M9', 'email:customer1@example.com'], 20)
    expect(answers.map((known) => known.map(({ value }) => value.meterNumber))).toEqual([['M2'], ['M1', 'M2', 'M3'], [], ['M1']])
    const many = Array.from({ length: 450 }, (_, number) => number % 5)
    const found = await accountsByFacts(redis, many.map((number) => `meter:M${number}`), 20)
    expect(found.map((known) => known.map(({ value }) => value.meterNumber))).toEqual(many.map((number) => (number % 4 === 0 ? [] : [`M${number}`])))
    const known = await accountsFromRedis(redis, many.map((number) => `410000000${number}`))
    expect(known.map(({ value }) => value.meterNumber)).toEqual(many.filter((number) => number % 4 !== 0).map((number) => `M${number}`))
  })
})
