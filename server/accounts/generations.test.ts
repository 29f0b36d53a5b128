import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { accountNumberKey } from '../../domain/account.ts'
import { systemClock } from '../../domain/clock.ts'
import { foldBatch } from '../../processes/projector/fold-batch.ts'
import { createPostgresProjection } from '../../processes/projector/postgres/postgres-projection.ts'
import { sampleAccount, sampleEvent, sampleRecords } from '../../processes/projector/sample-events.ts'
import { accountsByFacts, accountsFromRedis, countAccounts, putAccounts } from './account-cache.ts'
import { PostgresBehindError } from './cache/account-snapshot.ts'
import { factBytes, factKeyOf, factText } from './cache/account-facts.ts'
import { packAccountKey, recordBucket } from './cache/account-key-bytes.ts'
import { BuildUnderWayError, GenerationLostError } from './cache/build-lease.ts'
import { buildGeneration, flipBack, listGenerations, type BuildOptions } from './generations.ts'

const ROWS_AT_ONCE = 400
const ACCOUNTS = 420
const PARTITION = 'accounts/0'
/** Accounts with the phone of number 8, in no order. */
const SHARING = new Set([7, 41, 300])
let databaseUrl: string
let redisUrl: string
let redis: Redis
let postgres: Client
/** Where the log ends, as a number. */
let end = 1

const entriesOf = (order: number, ...accounts: ReturnType<typeof sampleAccount>[]) => foldBatch(sampleRecords(accounts.map((account, index) => sampleEvent(order + index, account)))).accounts
const log: BuildOptions['log'] = {
  logId: 'log',
  partitions: () => Promise.resolve([PARTITION]),
  end: () => Promise.resolve(String(end)),
  countAfter: (_, position) => Promise.resolve(end - Number(position ?? 0)),
}
const build = (changes: Partial<BuildOptions> = {}) => buildGeneration({ redisUrl, databaseUrl, log, clock: systemClock, waitMs: 0, rowsAtOnce: ROWS_AT_ONCE, ...changes })
const nameOf = async (key: string) => (await accountsFromRedis(redis, [key]))[0]?.value.personal.name
const renamed = (number: number, name: string) => entriesOf(10_000 + number, sampleAccount(number, { personal: { name } }))
const last = ACCOUNTS - 1
const keyOf = (number: number) => `4100${String(number).padStart(6, '0')}`
const lastKey = keyOf(last)
const bucketOf = (number: number) => recordBucket(packAccountKey(keyOf(number)))
const inBucketOrder = Array.from({ length: ACCOUNTS }, (_, number) => number).sort((one, other) => bucketOf(one) - bucketOf(other))
/** Records are written in the order of their buckets. */
const [earlier, later] = [inBucketOrder[0]!, inBucketOrder.findLast((number) => number > 0)!]
/** All of one bucket, two at least. */
const together = inBucketOrder.filter((number) => bucketOf(number) === bucketOf(inBucketOrder.find((one, index) => bucketOf(one) === bucketOf(inBucketOrder[index + 1]!))!))

/** Names of the generations that have keys. */
async function generationsWithKeys(): Promise<string[]> {
  return [...new Set((await redis.keys('accounts:*:*')).map((key) => key.split(':')[1]!))].sort()
}
const standing = async () => (await listGenerations(redis)).map(({ generation }) => generation).sort()

async function foldIntoPostgres(next: string, ...accounts: ReturnType<typeof sampleAccount>[]): Promise<void> {
  const projection = createPostgresProjection({ databaseUrl, logId: 'log', clock: systemClock })
  const expected = await projection.load(PARTITION)
  const batch = foldBatch(sampleRecords(accounts.map((account, index) => sampleEvent(Number(next) * 10_000 + index, account))))
  await projection.apply({ partition: PARTITION, expected, next, newestAt: '2026-01-31T04:00:00.000Z' }, batch)
  await projection.close()
}

beforeAll(async () => {
  databaseUrl = await freshDatabase()
  const projection = createPostgresProjection({ databaseUrl, logId: 'log', clock: systemClock })
  await projection.load(PARTITION)
  // One that has the phone of some others, twice.
  const phones = [`+1555${1_000_000 + 8}`, `+1555${1_000_000 + 8}`]
  const batch = foldBatch(sampleRecords(Array.from({ length: ACCOUNTS }, (_, number) => sampleEvent(number, sampleAccount(number, SHARING.has(number) ? { personal: { phones } } : {})))))
  await projection.apply({ partition: PARTITION, expected: null, next: '1', newestAt: '2026-01-31T04:00:00.000Z' }, batch)
  await projection.close()
  postgres = new Client({ connectionString: databaseUrl })
  await postgres.connect()
  // Written anew, so that rows do not come in the order of their keys.
  await postgres.query('UPDATE portal.account SET unit_key = unit_key WHERE account_key = $1', [keyOf(7)])
})
afterAll(() => postgres.end())
beforeEach(async () => {
  redisUrl = await freshRedis()
  redis = new Redis(redisUrl)
})
afterEach(() => redis.disconnect())

describe('buildGeneration', () => {
  it('takes over with every account, and pins the one before; changes go into both, so that the way back is as new', async () => {
    await putAccounts(redis, entriesOf(0, sampleAccount(0), sampleAccount(1)))
    const built = await build()
    expect(built).toMatchObject({ flipped: true, accounts: ACCOUNTS, previous: '0', digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    expect(await listGenerations(redis)).toMatchObject([{ role: 'live', generation: built.generation, accounts: ACCOUNTS, digest: built.digest }, { role: 'pinned', generation: '0', accounts: 2 }])
    expect(await accountsFromRedis(redis, [lastKey])).toMatchObject([{ value: sampleAccount(last), source: 'redis' }])
    const found = await accountsByFacts(redis, [`phone:+1555${1_000_000 + last}`, `email:customer${last}@example.com`, `meter:M${last}`, `servicepoint:SP${last}`, `address:${last} n elm st`], 20)
    expect(found.map((known) => known.map(({ value }) => value.meterNumber))).toEqual(Array.from({ length: 5 }, () => [`M${last}`]))

    await putAccounts(redis, renamed(1, 'After the flip'))
    expect(await nameOf('4100000001')).toBe('After the flip')
    expect(await flipBack(redis)).toEqual({ generation: '0', previous: built.generation, accounts: 2 })
    expect(await nameOf('4100000001')).toBe('After the flip')
    expect(await countAccounts(redis)).toBe(2)
    await flipBack(redis)
    expect(await countAccounts(redis)).toBe(ACCOUNTS)
  })

  it.each([['read', 'onProgress'], ['written', 'onWritten']] as const)('keeps what changes while its rows are %s: of rows written, not written yet, and not there, in both; and never an older row', async (_, hook) => {
    const ofBefore = (number: number) => entriesOf(0, sampleAccount(number, { personal: { name: 'Of before' } }))
    const older = ofBefore(later)
    await putAccounts(redis, [...entriesOf(0, sampleAccount(earlier)), ...older])
    let told = 0
    const built = await build({
      [hook]: async () => {
        if (told++ === 0) await putAccounts(redis, [...renamed(earlier, 'Written'), ...renamed(later, 'Not yet'), ...renamed(50_000, 'New'), ...older, ...ofBefore(later - 1)])
      },
    })
    expect(told).toBeGreaterThan(1)
    expect(built).toMatchObject({ flipped: true, accounts: ACCOUNTS + 1 })
    const names = () => Promise.all([keyOf(earlier), keyOf(later), '4100050000'].map(nameOf))
    expect(await names()).toEqual(['Written', 'Not yet', 'New'])
    expect(await nameOf(keyOf(later - 1)), 'of a projector that lags behind Postgres').toBe(`Customer ${later - 1}`)
    await flipBack(redis)
    expect(await names()).toEqual(['Written', 'Not yet', 'New'])
  })

  it('writes the other rows of a bucket in which a change came first, and leaves no look-up that the change has ended', async () => {
    const moved = sampleAccount(together[0]!, { meterNumber: 'M-new' })
    let told = 0
    const built = await build({
      onProgress: async () => {
        if (told++ === 0) await putAccounts(redis, [...entriesOf(10_000, moved), ...entriesOf(0, sampleAccount(together[1]!, { meterNumber: 'M-old' }))])
      },
    })
    expect(built).toMatchObject({ flipped: true, accounts: ACCOUNTS })
    expect(await accountsFromRedis(redis, together.map(keyOf))).toMatchObject(together.map((number) => ({ value: { meterNumber: number === together[0] ? 'M-new' : `M${number}` } })))
    const bucket = (meter: string): Promise<number> => redis.zcard(factKeyOf(built.generation, factBytes(factText({ meterNumber: meter }))))
    const shared = await Promise.all([`M${together[0]}`, 'M-new', 'M-old'].map(bucket))
    const before = await build()
    const expected = await Promise.all([`M${together[0]}`, 'M-new', 'M-old'].map((meter) => redis.zcard(factKeyOf(before.generation, factBytes(factText({ meterNumber: meter }))))))
    // The second generation is Postgres alone, which does not have the change.
    expect(shared).toEqual([expected[0]! - 1, expected[1]! + 1, expected[2]])
  })

  it('is written also where Redis does not take a dump @full', async () => {
    await redis.acl('SETUSER', 'plain', 'on', '>secret', '~*', '&*', '+@all', '-restore')
    const url = new URL(redisUrl)
    Object.assign(url, { username: 'plain', password: 'secret' })
    const [plain, dumped] = [await build({ redisUrl: url.href }), await build()]
    expect(plain).toMatchObject({ flipped: true, accounts: ACCOUNTS, digest: dumped.digest })
    const factsOf = async (generation: string) => {
      const keys = (await redis.keys(`accounts:${generation}:f:*`)).sort()
      return Promise.all(keys.map(async (key) => [key.split(':f:')[1], await redis.zrangeBuffer(key, '0', '-1')]))
    }
    expect(await factsOf(plain.generation)).toEqual(await factsOf(dumped.generation))
    const [sharing] = await accountsByFacts(redis, [`phone:+1555${1_000_000 + 8}`], 20)
    expect(sharing!.map(({ value }) => accountNumberKey(value.accountNumber))).toEqual([7, 8, 41, 300].map(keyOf))
    await redis.acl('DELUSER', 'plain')
  })

  it('waits until Postgres has what Redis had applied when it began', async () => {
    const late = sampleAccount(60_000)
    end = 2
    await putAccounts(redis, entriesOf(20_000, late))
    await expect(build()).rejects.toThrow(PostgresBehindError)
    expect(await standing()).toEqual(['0'])
    const building = build({ waitMs: 20_000 })
    await foldIntoPostgres('2', late)
    expect(await building).toMatchObject({ flipped: true, accounts: ACCOUNTS + 1 })
    expect(await nameOf('4100060000')).toBe('Customer 60000')
    await postgres.query(`DELETE FROM portal.account WHERE account_key = '4100060000'`)
  })

  it('is one at a time', async () => {
    const both = await Promise.allSettled([build(), build()])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(BuildUnderWayError) as Error })
  })

  it('counts for nothing when Redis was cleared meanwhile, and leaves nothing', async () => {
    let cleared: Promise<unknown> | undefined
    await expect(build({ onProgress: () => void (cleared ??= redis.flushdb()) })).rejects.toThrow(GenerationLostError)
    expect(await redis.keys('accounts:*')).toEqual([])
  })
})

describe('a generation that is not what it should be', () => {
  /** Changes the bytes of one record of the generation that is being built, or takes it away. */
  async function spoil(change: (key: string, field: Buffer, record: Buffer) => Promise<unknown>): Promise<void> {
    const building = (await redis.hget('accounts:generations', 'building'))!
    const [key] = (await redis.keys(`accounts:${building}:r:*`)).sort()
    const [field, record] = (await redis.callBuffer('HGETALL', key!)) as [Buffer, Buffer]
    await change(key!, field, record)
  }
  const refused = async (changes: Partial<BuildOptions>) => {
    await putAccounts(redis, entriesOf(0, sampleAccount(0)))
    await build()
    const live = await listGenerations(redis)
    const result = await build(changes)
    expect(await listGenerations(redis)).toEqual(live)
    expect(await generationsWithKeys()).toEqual(await standing())
    return result
  }
  const onceWritten = (work: () => Promise<unknown>): Partial<BuildOptions> => {
    let done: Promise<unknown> | undefined
    return { onWritten: async () => void (await (done ??= work())) }
  }

  it.each([
    ['lost a record @full', 'count-differs', (key: string, field: Buffer) => redis.hdel(key, field)],
    ['changed one @full', 'digest-differs', (key: string, field: Buffer, record: Buffer) => redis.hset(key, field, Buffer.concat([record.subarray(0, -1), Buffer.from('!')]))],
  ])('is refused when it %s', async (_, code, change) => {
    expect(await refused(onceWritten(() => spoil(change)))).toMatchObject({ flipped: false, reasons: [{ code }] })
  })

  it('is refused when Postgres has lost accounts, or says something else under the same version @full', async () => {
    await build()
    await postgres.query('BEGIN; CREATE TABLE kept AS SELECT * FROM portal.account; COMMIT')
    try {
      await postgres.query(`DELETE FROM portal.account WHERE account_key LIKE '%7'`)
      expect(await build()).toMatchObject({ flipped: false, reasons: [{ code: 'fewer-than-live', detail: { accounts: ACCOUNTS * 0.9, live: ACCOUNTS } }] })
      await postgres.query('TRUNCATE portal.account CASCADE; INSERT INTO portal.account SELECT * FROM kept')
      await postgres.query(`UPDATE portal.account SET personal = jsonb_set(personal, '{address,city}', personal -> 'address' -> 'postalCode')`)
      expect(await build()).toMatchObject({ flipped: false, reasons: [{ code: 'differs-from-live' }] })
      expect(await build({ accept: true })).toMatchObject({ flipped: true })
    } finally {
      await postgres.query('TRUNCATE portal.account CASCADE; INSERT INTO portal.account SELECT * FROM kept; DROP TABLE kept')
    }
  })
})

describe('a builder that dies', () => {
  it('leaves the live generation right; the next one clears away what it left @full', async () => {
    await putAccounts(redis, entriesOf(0, sampleAccount(0)))
    const program = `
      import { buildGeneration } from ${JSON.stringify(join(import.meta.dirname, 'generations.ts'))}
      import { systemClock } from ${JSON.stringify(join(import.meta.dirname, '../../domain/clock.ts'))}
      const log = { logId: 'log', partitions: async () => ['accounts/0'], end: async () => '1', countAfter: async () => 0 }
      const onProgress = () => { console.log('half'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) }
      await buildGeneration({ redisUrl: process.argv[1], databaseUrl: process.argv[2], log, clock: systemClock, onProgress })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, redisUrl, databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await putAccounts(redis, renamed(0, 'While it lived'))
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    await expect(build()).rejects.toThrow(BuildUnderWayError)
    const [, left] = await standing()
    const changes = await redis.llen(`accounts:${left}:changes`)
    expect(changes).toBe(1)

    await redis.pexpire('accounts:build-lease', 0)
    await putAccounts(redis, renamed(1, 'When it was dead'))
    expect(await redis.llen(`accounts:${left}:changes`)).toBe(changes)
    expect(await countAccounts(redis)).toBe(2)
    expect(await nameOf('4100000000')).toBe('While it lived')

    expect(await build()).toMatchObject({ flipped: true, previous: '0', accounts: ACCOUNTS })
    expect(await generationsWithKeys()).toEqual(await standing())
    expect(await standing()).not.toContain(left)
  })
})
