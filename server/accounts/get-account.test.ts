import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ownStores, type OwnStores } from '../../bin/test-support/own-stores.ts'
import { systemClock } from '../../domain/clock.ts'
import { foldBatch } from '../../processes/projector/fold-batch.ts'
import { createPostgresProjection } from '../../processes/projector/postgres/postgres-projection.ts'
import type { Projection } from '../../processes/projector/projection.ts'
import { createRedisProjection } from '../../processes/projector/redis/redis-projection.ts'
import { sampleAccount, sampleEvent, sampleRecords } from '../../processes/projector/sample-events.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import { createReadSources, type ReadSources } from '../platform/read-sources.ts'
import { putAccounts } from './account-cache.ts'
import { factBucket, factBytes } from './cache/account-facts.ts'
import { unpackAccountKey } from './cache/account-key-bytes.ts'
import { getAccount } from './get-account.ts'
import { lookUpAccounts } from './look-up-accounts.ts'

const PARTITION = 'accounts/0'
const within = { timeout: 20_000, interval: 20 }
const accounts = [
  sampleAccount(1),
  sampleAccount(2, { meterNumber: 'M-SHARED', personal: { phones: ['+15551000001', '+15552000002'] } }),
  sampleAccount(3, { meterNumber: 'M-SHARED' }),
  sampleAccount(4, { personal: { address: { line1: '5 Oak Lane', line2: 'Apt 1', city: 'Harbor', postalCode: '95404' } } }),
  sampleAccount(5, { personal: { address: { line1: '5 Oak Lane', line2: 'Unit #2', city: 'Harbor', postalCode: '95404' } } }),
]
const envelopes = accounts.map((account, order) => sampleEvent(order, account))
let stores: OwnStores
let sources: ReadSources

async function apply(projection: Projection): Promise<void> {
  const expected = await projection.load(PARTITION)
  const step = { partition: PARTITION, expected, next: '3', newestAt: envelopes[0]!.time } as const
  if (expected === null) await projection.apply(step, foldBatch(sampleRecords(envelopes)))
  await projection.caughtUp(PARTITION)
  await projection.confirm(PARTITION, '3')
  await projection.close()
}
const foldIntoRedis = () => apply(createRedisProjection({ redisUrl: stores.redisUrl, logId: 'log', clock: systemClock }))
const numbers = (known: { value: { accountNumber: string } }[]) => known.map(({ value }) => value.accountNumber)

/** Keys of the accounts that the cache lists under a fact, right or not. */
async function listedUnder(fact: string): Promise<string[]> {
  const bytes = factBytes(fact)
  const members = await sources.redis.client.zrangeBuffer(`accounts:0:f:${factBucket(bytes, 0)}`, '0', '-1')
  const prefix = bytes.subarray(2)
  return members.filter((member) => member.subarray(0, prefix.length).equals(prefix)).map((member) => unpackAccountKey(member.subarray(prefix.length)))
}

function countPostgresReads(each: ReadSources): { reads: number } {
  const counted = { reads: 0 }
  const { prisma } = each
  each.prisma = {
    ...prisma,
    use: (work) => {
      counted.reads++
      return prisma.use(work)
    },
  }
  return counted
}

beforeAll(async () => {
  stores = await ownStores()
  await apply(createPostgresProjection({ databaseUrl: stores.databaseUrl, logId: 'log', clock: systemClock }))
})
afterAll(() => stores.stop())
beforeEach(async () => {
  sources = createReadSources(stores)
  await vi.waitFor(async () => sources.redis.client.flushdb(), within)
  await vi.waitFor(async () => sources.prisma.use((database) => database.account.count()), within)
})
afterEach(() => sources.close())

describe('getAccount', () => {
  it('answers from Redis with version and age', async () => {
    await foldIntoRedis()
    const known = await getAccount(sources, '4100 000001')
    expect(known).toEqual({ value: accounts[0], version: expect.stringMatching(/^[0-9a-f]{16}\.test\.sample\.1$/) as string, asOf: '2026-01-31T04:00:00.000Z', source: 'redis' })
  })

  it('answers the same from Postgres on a miss, and fills it in', async () => {
    const stored = await getAccount(sources, '4100-000002')
    expect(stored).toMatchObject({ value: accounts[1], source: 'postgres' })
    const filled = await getAccount(sources, '4100-000002')
    expect(filled).toEqual({ ...stored, source: 'redis' })
    expect(await listedUnder('phone:+15552000002')).toEqual(['4100000002'])
  })

  it('knows what is nowhere', async () => {
    expect(await getAccount(sources, '999')).toBeNull()
  })

  it('asks Postgres once for 50 at once, in two processes', async () => {
    const others = createReadSources(stores)
    await vi.waitFor(() => others.redis.client.ping(), within)
    const asked = [sources, others].map(countPostgresReads)
    const known = await Promise.all(Array.from({ length: 50 }, (_, index) => getAccount(index % 2 ? sources : others, '4100-000003')))
    await others.close()
    expect(new Set(known.map((each) => each?.value.servicePoint))).toEqual(new Set(['SP3']))
    expect(asked.reduce((sum, { reads }) => sum + reads, 0)).toBe(1)
  })

  it('takes what another filled between its miss and its lease', async () => {
    const counted = countPostgresReads(sources)
    const { redis } = sources
    let uses = 0
    sources.redis = {
      ...redis,
      use: async (work) => {
        if (++uses === 2) await putAccounts(redis.client, foldBatch(sampleRecords([envelopes[2]!])).accounts)
        return redis.use(work)
      },
    }
    expect(await getAccount(sources, '4100-000003')).toMatchObject({ value: accounts[2], source: 'redis' })
    expect(counted.reads).toBe(0)
    expect(await redis.client.keys('lease:*')).toEqual([])
  })

  it('never lets a slow filler put an older value over a newer one', async () => {
    await foldIntoRedis()
    const newer = sampleAccount(1, { personal: { name: 'Newer', phones: [] } })
    const [stored] = foldBatch(sampleRecords([sampleEvent(0, accounts[0]!)])).accounts
    const [later] = foldBatch(sampleRecords([sampleEvent(9, newer)])).accounts
    await putAccounts(sources.redis.client, [later!])
    await putAccounts(sources.redis.client, [stored!])
    expect((await getAccount(sources, '4100-000001'))?.value.personal.name).toBe('Newer')
    expect(await listedUnder('phone:+15551000001')).toEqual(['4100000002'])
  })
})

describe('lookUpAccounts', () => {
  const questions = [
    [{ accountNumber: '4100-000001' }, ['4100-000001']],
    [{ phone: '+15551000001' }, ['4100-000001', '4100-000002']],
    [{ meterNumber: 'M-SHARED' }, ['4100-000002', '4100-000003']],
    [{ email: 'Customer3@Example.com' }, ['4100-000003']],
    [{ address: '2 N. Elm St' }, ['4100-000002']],
    [{ address: '5 Oak Ln' }, ['4100-000004', '4100-000005']],
    [{ address: '5 Oak Lane #2' }, ['4100-000005']],
    [{ address: '5 Oak Lane Apt 3' }, []],
    [{ address: '77 Nowhere' }, []],
  ] as const

  it.each(questions)('finds %j in both stores', async (by, expected) => {
    expect(numbers(await lookUpAccounts(sources, by))).toEqual(expected)
    await sources.redis.client.flushdb()
    await foldIntoRedis()
    const known = await lookUpAccounts(sources, by)
    expect(numbers(known)).toEqual(expected)
    expect(known.every(({ source }) => source === 'redis')).toBe(true)
  })

  it('does not take what Redis has so far for all there is', async () => {
    await getAccount(sources, '4100-000002')
    expect(await listedUnder('meter:M-SHARED')).toEqual(['4100000002'])
    expect(numbers(await lookUpAccounts(sources, { meterNumber: 'M-SHARED' }))).toEqual(['4100-000002', '4100-000003'])
  })
})

describe('when a store is dead', () => {
  it('asks Postgres once for 50 at once, with Redis dead', async () => {
    await stores.redis.kill()
    const counted = countPostgresReads(sources)
    const known = await Promise.all(Array.from({ length: 50 }, () => getAccount(sources, '4100-000003')))
    stores.redis.start()
    expect(known.every((each) => each?.source === 'postgres')).toBe(true)
    expect(counted.reads).toBe(1)
  })

  it('reads the other; with both dead it says so at once; and each comes back by itself', async () => {
    await foldIntoRedis()
    await stores.postgres.kill()
    expect(await getAccount(sources, '4100-000001')).toMatchObject({ source: 'redis' })
    expect(await getAccount(sources, '999')).toBeNull()
    expect(numbers(await lookUpAccounts(sources, { phone: '+15552000002' }))).toEqual(['4100-000002'])

    await sources.redis.client.flushdb()
    await expect(getAccount(sources, '4100-000001')).rejects.toThrow(ReadsUnavailableError)
    await expect(lookUpAccounts(sources, { phone: '+15552000002' })).rejects.toThrow(ReadsUnavailableError)
    await foldIntoRedis()

    await stores.redis.kill()
    const startedMs = performance.now()
    await expect(getAccount(sources, '4100-000001')).rejects.toThrow(ReadsUnavailableError)
    await expect(lookUpAccounts(sources, { phone: '+15552000002' })).rejects.toThrow(ReadsUnavailableError)
    expect(performance.now() - startedMs).toBeLessThan(2_000)

    stores.postgres.start()
    await vi.waitFor(async () => expect(await getAccount(sources, '4100-000001')).toMatchObject({ source: 'postgres' }), within)
    stores.redis.start()
    await vi.waitFor(async () => expect(await getAccount(sources, '4100-000001')).toMatchObject({ source: 'redis' }), within)
  }, 60_000)
})
