import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { ownStores, type OwnStores } from '../../bin/test-support/own-stores.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { accountsFromRedis, countAccounts } from '../../server/accounts/account-cache.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { metrics } from '../../server/platform/metrics.ts'
import { projectionKeys, redisProjectionState } from '../../server/platform/projection-state.ts'
import { foldBatch } from './fold-batch.ts'
import { createPostgresProjection } from './postgres/postgres-projection.ts'
import { ProjectionMovedError, type Projection } from './projection.ts'
import { createRedisProjection } from './redis/redis-projection.ts'
import { runProjection } from './run-projection.ts'
import { sampleAccount, sampleMatch, sampleNewEvent, sampleReport } from './sample-events.ts'
import { startProjector } from './start-projector.ts'

const within = { timeout: 20_000, interval: 20 }
const shared = { clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), checkEveryMs: 50 }
let log: EventLog
const endings: (() => Promise<unknown>)[] = []
const ending = <T extends () => Promise<unknown>>(end: T): T => {
  endings.push(end)
  return end
}

beforeEach(async () => {
  log = await openEventLog({ url: `sqlite:${temporaryFolder()}/event-log.sqlite`, clock: systemClock, region: 'test', node: 'test' })
})
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
  await log.close()
})

async function append(...facts: Parameters<typeof sampleNewEvent>[0][]): Promise<void> {
  await log.append(facts.map(sampleNewEvent))
}

async function start(databaseUrl: string, redisUrl: string): Promise<() => Promise<void>> {
  return ending(await startProjector({ ...shared, log, databaseUrl, redisUrl }))
}

async function count(databaseUrl: string, table: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 1_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM portal.${table}`)
    return rows[0]!.count
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function ask<T>(redisUrl: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return await question(redis)
  } finally {
    redis.disconnect()
  }
}

async function skipped(reason: string): Promise<number> {
  const { values } = await metrics.getSingleMetric('stormdoor_projection_skipped_total')!.get()
  return values.filter(({ labels }) => labels['reason'] === reason).reduce((sum, { value }) => sum + value, 0)
}

async function lagOf(projection: string, partition: string): Promise<number | undefined> {
  const { values } = await metrics.getSingleMetric('stormdoor_projection_lag_records')!.get()
  return values.find(({ labels }) => labels['projection'] === projection && labels['partition'] === partition)?.value
}

describe('both projections', () => {
  it('fold what is there and what comes', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    await append(...Array.from({ length: 30 }, (_, number) => sampleAccount(number)))
    await start(databaseUrl, redisUrl)
    await vi.waitFor(async () => expect(await count(databaseUrl, 'account')).toBe(30), within)
    await append(sampleReport(1), sampleMatch(1, 3))
    await vi.waitFor(async () => expect(await count(databaseUrl, 'outage_match')).toBe(1), within)
    await vi.waitFor(async () => expect(await ask(redisUrl, (redis) => redis.zcard('reports:circuit:C0'))).toBe(1), within)
    expect(await ask(redisUrl, countAccounts)).toBe(30)
  })

  it('go on from their own place after a stop', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    await append(sampleReport(1))
    const stop = await start(databaseUrl, redisUrl)
    await vi.waitFor(async () => expect(await count(databaseUrl, 'outage_report')).toBe(1), within)
    await vi.waitFor(async () => expect(await ask(redisUrl, (redis) => redis.get('projection:outages/0'))).not.toBeNull(), within)
    await stop()
    await ask(redisUrl, (redis) => redis.zrem('reports:all', sampleReport(1).reportId))
    await append(sampleReport(2))
    await start(databaseUrl, redisUrl)
    await vi.waitFor(async () => expect(await count(databaseUrl, 'outage_report')).toBe(2), within)
    await vi.waitFor(async () => expect(await ask(redisUrl, (redis) => redis.zrange('reports:all', '0', '-1'))).toEqual([sampleReport(2).reportId]), within)
  })

  it('pass over an event that Postgres refuses, and count it', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    const before = await skipped('refused-by-store')
    const tooLarge = sampleReport(2, { delivery: { attempt: 1, elapsedMs: 1 }, startedAt: '0000-01-01T00:00:00.000Z' })
    await append(sampleReport(1), tooLarge, sampleReport(3))
    await start(databaseUrl, redisUrl)
    await vi.waitFor(async () => expect(await count(databaseUrl, 'outage_report')).toBe(2), within)
    await vi.waitFor(async () => expect(await skipped('refused-by-store')).toBe(before + 1), within)
  })
})

describe('a place that is not where it was expected', () => {
  const step = { partition: 'outages/0', newestAt: '2026-01-31T04:00:00.000Z' } as const
  const nothing = foldBatch([])

  it.each(['postgres', 'redis'] as const)('stops the second projector of %s', async (name) => {
    const url = name === 'postgres' ? await freshDatabase() : await freshRedis()
    const make = (): Projection => {
      const options = { logId: 'log', clock: systemClock }
      const made = name === 'postgres' ? createPostgresProjection({ databaseUrl: url, ...options }) : createRedisProjection({ redisUrl: url, ...options })
      ending(() => made.close())
      return made
    }
    const [first, second] = [make(), make()]
    expect([await first.load('outages/0'), await second.load('outages/0')]).toEqual([null, null])
    await first.apply({ ...step, expected: null, next: '5' }, nothing)
    await expect(second.apply({ ...step, expected: null, next: '7' }, nothing)).rejects.toThrow(ProjectionMovedError)
    await expect(second.confirm('outages/0', null)).rejects.toThrow(ProjectionMovedError)
    expect(await second.load('outages/0')).toBe('5')
    await second.apply({ ...step, expected: '5', next: '7' }, nothing)
  })

  it('two projectors at once fold everything once', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    await Promise.all([start(databaseUrl, redisUrl), start(databaseUrl, redisUrl)])
    for (let number = 0; number < 60; number += 3) await append(sampleReport(number), sampleReport(number + 1), sampleReport(number + 2))
    await vi.waitFor(async () => expect(await count(databaseUrl, 'outage_report')).toBe(60), within)
    await vi.waitFor(async () => expect(await ask(redisUrl, (redis) => redis.zcard('reports:all'))).toBe(60), within)
    expect(await count(databaseUrl, 'report_conflict')).toBe(0)
  })
})

describe('a Redis that is not what it was', () => {
  it('is folded anew when it lost everything, while nothing new comes', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    await append(sampleAccount(1), sampleReport(1))
    await start(databaseUrl, redisUrl)
    await vi.waitFor(async () => expect(await ask(redisUrl, (redis) => redis.zcard('reports:all'))).toBe(1), within)
    await ask(redisUrl, (redis) => redis.flushdb())
    await vi.waitFor(async () => expect(await ask(redisUrl, (redis) => redis.get('projection:outages/0'))).not.toBeNull(), within)
    await vi.waitFor(async () => expect(await ask(redisUrl, countAccounts)).toBe(1), within)
  })

  it('is whole again when it has what the log held, though the log never rests', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    await append(sampleAccount(1), sampleReport(1))
    const restless = { ...log, countAfter: () => Promise.resolve(1) }
    ending(await startProjector({ ...shared, log: restless, databaseUrl, redisUrl }))
    const state = (redis: Redis) => redis.multi().get('projection:outages/0').smembers('projection:rebuilding').exec()
    await vi.waitFor(async () => expect(await ask(redisUrl, state)).toEqual([[null, '1'], [null, []]]), within)
  })

  it('is cleared of another log, and of nothing else', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    await ask(redisUrl, (redis) => redis.mset(projectionKeys.logId, 'another', 'projection:outages/0', '900', 'report:old', '{}', 'session:1', 'mine'))
    await append(sampleReport(1))
    await start(databaseUrl, redisUrl)
    await vi.waitFor(async () => expect(await ask(redisUrl, (redis) => redis.zcard('reports:all'))).toBe(1), within)
    expect(await ask(redisUrl, (redis) => redis.mget('report:old', 'session:1', projectionKeys.logId))).toEqual([null, 'mine', log.logId])
  })

  it('is folded anew from the layout of 0.3.0, of which nothing stays', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    await append(sampleAccount(1), sampleReport(1))
    await ask(redisUrl, async (redis) => {
      await redis.mset('projection:log-id', log.logId, 'projection:accounts/0', '1', 'projection:outages/0', '2', 'account:4100000001', '{"v":"1"}', 'accounts:count', '1', 'session:1', 'mine')
      await redis.sadd('account-by:meter:M1', '4100000001')
      await redis.hset('projection:current-at', 'accounts/0', '2026-01-31T04:00:00.000Z')
    })
    await start(databaseUrl, redisUrl)
    await vi.waitFor(async () => expect(await ask(redisUrl, countAccounts)).toBe(1), within)
    await vi.waitFor(async () => expect((await ask(redisUrl, (redis) => redisProjectionState(redis, 'accounts'))).whole).toBe(true), within)
    expect(await ask(redisUrl, (redis) => redis.exists('projection:log-id', 'account:4100000001', 'accounts:count', 'account-by:meter:M1'))).toBe(0)
    expect(await ask(redisUrl, (redis) => redis.get('session:1'))).toBe('mine')
    const [known] = await ask(redisUrl, (redis) => accountsFromRedis(redis, ['4100000001']))
    expect(known?.value).toEqual(sampleAccount(1))
  })
})

it('a database of another log is refused and left as it is', async () => {
  const databaseUrl = await freshDatabase()
  const other = createPostgresProjection({ databaseUrl, logId: 'another', clock: systemClock })
  await other.load('outages/0')
  await other.close()
  await append(sampleReport(1))
  const projection = createPostgresProjection({ databaseUrl, logId: log.logId, clock: systemClock })
  const stop = new AbortController()
  const warnings: string[] = []
  const logger = createLogger('test', 'silent')
  logger.warn = (...parameters: unknown[]) => void warnings.push(String(parameters.at(-1)))
  const running = runProjection({ ...shared, logger, log, projection, partition: 'outages/0', signal: stop.signal })
  ending(async () => {
    stop.abort()
    await running
    await projection.close()
  })
  await vi.waitFor(() => expect(warnings[0]).toContain('is folded from log another'), within)
  expect(await count(databaseUrl, 'outage_report')).toBe(0)
})

describe('a store that dies and returns', () => {
  let stores: OwnStores
  beforeAll(async () => {
    stores = await ownStores()
  })
  afterAll(() => stores.stop())

  it('is caught up, while the other goes on', async () => {
    const { databaseUrl, redisUrl, postgres, redis } = stores
    await start(databaseUrl, redisUrl)
    await append(sampleReport(1))
    await vi.waitFor(async () => expect(await count(databaseUrl, 'outage_report')).toBe(1), within)

    await postgres.kill()
    await append(sampleReport(2))
    await vi.waitFor(async () => expect(await ask(redisUrl, (client) => client.zcard('reports:all'))).toBe(2), within)
    await vi.waitFor(async () => expect(await lagOf('postgres', 'outages/0')).toBe(1), within)
    postgres.start()
    await vi.waitFor(async () => expect(await count(databaseUrl, 'outage_report')).toBe(2), within)

    await redis.kill()
    await append(sampleReport(3))
    await vi.waitFor(async () => expect(await count(databaseUrl, 'outage_report')).toBe(3), within)
    redis.start()
    await vi.waitFor(async () => expect(await ask(redisUrl, (client) => client.zcard('reports:all'))).toBe(3), within)
  }, 60_000)
})
