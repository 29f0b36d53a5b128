import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { AccountsBehindError, completeSources } from '../../server/accounts/complete-sources.ts'
import { findAccounts } from '../../server/accounts/find-accounts.ts'
import type { EventLog, LogRecord, Partition } from '../../server/platform/event-log/event-log.ts'
import { openSeveralPartitions } from '../../server/platform/event-log/several-partitions.fixture.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { postgresCurrentAt, projectionKeys, redisProjectionState } from '../../server/platform/projection-state.ts'
import { createReadSources, type ReadSources } from '../../server/platform/read-sources.ts'
import { foldBatch } from './fold-batch.ts'
import { createPostgresProjection } from './postgres/postgres-projection.ts'
import type { Projection } from './projection.ts'
import { createRedisProjection } from './redis/redis-projection.ts'
import { sampleAccount, sampleMatch, sampleNewEvent, sampleReport } from './sample-events.ts'
import { startProjector } from './start-projector.ts'
import { postgresContents, redisContents } from './store-contents.ts'

const within = { timeout: 30_000, interval: 20 }
const PARTITIONS = 2
const shared = { clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), checkEveryMs: 50 }
let folder: string
let log: EventLog
let stores: { databaseUrl: string; redisUrl: string }
let sources: ReadSources
const endings: (() => unknown)[] = []

beforeEach(async () => {
  folder = temporaryFolder()
  log = await openSeveralPartitions(folder, PARTITIONS, 'test')
  stores = { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() }
  sources = createReadSources(stores)
})
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
  await sources.close()
  await log.close()
})

async function startAnother(): Promise<() => Promise<void>> {
  const own = await openSeveralPartitions(folder, PARTITIONS, 'another')
  const stop = await startProjector({ ...shared, ...stores, log: own })
  endings.push(() => own.close(), stop)
  return stop
}

async function foldAll(projection: Projection, partition: Partition): Promise<void> {
  const records: LogRecord[] = []
  for await (const batch of log.read(partition, null, { signal: AbortSignal.timeout(20_000), follow: false })) records.push(...batch)
  const expected = await projection.load(partition)
  const next = records.at(-1)?.position
  if (next !== undefined) await projection.apply({ partition, expected, next, newestAt: records.at(-1)!.envelope.time }, foldBatch(records))
  await projection.caughtUp(partition)
  await projection.confirm(partition, next ?? null)
}

describe('a topic of several partitions', () => {
  it('is folded by many projectors as by one, while they come and go', async () => {
    await startAnother()
    const second = await startAnother()
    const facts = Array.from({ length: 60 }, (_, number) => [sampleAccount(number), sampleReport(number), sampleMatch(number, number)])
    for (let start = 0; start < 30; start += 10) await log.append(facts.slice(start, start + 10).flat().map(sampleNewEvent))
    await second()
    for (let start = 30; start < 60; start += 10) await log.append(facts.slice(start, start + 10).flat().map(sampleNewEvent))
    await startAnother()
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    for (const projection of [createPostgresProjection({ databaseUrl, logId: 'log', clock: systemClock }), createRedisProjection({ redisUrl, logId: 'log', clock: systemClock })]) {
      for (const topic of ['accounts', 'outages'] as const) for (const partition of await log.partitions(topic)) await foldAll(projection, partition)
      await projection.close()
    }
    const expected = { postgres: await postgresContents(databaseUrl), redis: await redisContents(redisUrl) }
    expect(expected.postgres['outage_match']?.rows).toBe(60)
    await vi.waitFor(async () => expect(await postgresContents(stores.databaseUrl)).toEqual(expected.postgres), within)
    await vi.waitFor(async () => expect(await redisContents(stores.redisUrl)).toEqual(expected.redis), within)
  }, 60_000)

  it('is not whole, nor its age known, before each partition was at its end once; an empty one counts as folded', async () => {
    const partitions = await log.partitions('accounts')
    await log.append([0, 1, 2, 3].map((number) => sampleNewEvent(sampleAccount(number))))
    const options = { logId: log.logId, clock: systemClock, partitions: [...partitions, ...(await log.partitions('outages'))] }
    const [inRedis, inPostgres] = [createRedisProjection({ redisUrl: stores.redisUrl, ...options }), createPostgresProjection({ databaseUrl: stores.databaseUrl, ...options })]
    const redis = new Redis(stores.redisUrl)
    endings.push(() => inRedis.close(), () => inPostgres.close(), () => redis.disconnect())
    const state = () => redisProjectionState(redis, 'accounts')
    const complete = () => completeSources(sources, log, { waitMs: 0, clock: systemClock })
    for (const partition of partitions.slice(1)) {
      await foldAll(inRedis, partition)
      await foldAll(inPostgres, partition)
      expect(await state()).toEqual({ whole: false, currentAt: null })
      expect(await postgresCurrentAt(sources.prisma.client, 'accounts')).toBe(new Date(0).toISOString())
      await expect(complete()).rejects.toThrow(AccountsBehindError)
    }
    await foldAll(inRedis, partitions[0]!)
    expect(await state()).toEqual({ whole: true, currentAt: expect.stringMatching(/^20/) })
    expect(await findAccounts(await complete(), [{ phone: sampleAccount(3).personal.phones[0]! }])).toMatchObject([[{ accountNumber: '4100-000003' }]])
    expect((await redisProjectionState(redis, 'outages')).whole).toBe(false)
    for (const partition of await log.partitions('outages')) await foldAll(inRedis, partition)
    expect(await redisProjectionState(redis, 'outages')).toEqual({ whole: true, currentAt: expect.stringMatching(/^20/) })
  })

  it('is current though only one of its partitions ever gets anything', async () => {
    await startAnother()
    await startAnother()
    await log.append([sampleNewEvent(sampleReport(1))])
    const redis = new Redis(stores.redisUrl)
    endings.push(() => redis.disconnect())
    await vi.waitFor(async () => expect((await redisProjectionState(redis, 'outages')).whole).toBe(true), within)
    const now = new Date().toISOString()
    await vi.waitFor(async () => {
      expect((await redisProjectionState(redis, 'outages')).currentAt! > now).toBe(true)
      expect((await postgresCurrentAt(sources.prisma.client, 'outages'))! > now).toBe(true)
    }, within)
  })

  it('is cleared of another log once, however many projectors begin together', async () => {
    const redis = new Redis(stores.redisUrl)
    endings.push(() => redis.disconnect())
    const old = Array.from({ length: 5_000 }, (_, number) => [`account:old${number}`, '{}']).flat()
    await redis.mset(projectionKeys.logId, 'another', 'projection:outages/1', '900', 'session:1', 'mine', ...old)
    await log.append([1, 2, 3, 4, 5].map((number) => sampleNewEvent(sampleReport(number))))
    await Promise.all([startAnother(), startAnother(), startAnother()])
    await vi.waitFor(async () => expect((await redisProjectionState(redis, 'outages')).whole).toBe(true), within)
    expect(await redis.zcard('reports:all')).toBe(5)
    expect((await redis.keys('account:old*')).length).toBe(0)
    expect(await redis.mget('session:1', 'projection:wiping', projectionKeys.logId)).toEqual(['mine', null, log.logId])
  })
})
