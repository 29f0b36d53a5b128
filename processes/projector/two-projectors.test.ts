import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { ownStores, type OwnStores } from '../../bin/test-support/own-stores.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { projectionKeys } from '../../server/platform/projection-state.ts'
import { foldBatch } from './fold-batch.ts'
import { createPostgresProjection } from './postgres/postgres-projection.ts'
import { ProjectionMovedError, ProjectionRefusedError, type Projection } from './projection.ts'
import { createRedisProjection } from './redis/redis-projection.ts'
import { removeProjection } from './redis/remove-projection.ts'
import { sampleAccount, sampleEvent, sampleMatch, sampleNewEvent, sampleRecords, sampleReport } from './sample-events.ts'
import { PROJECTED_TOPICS, startProjector } from './start-projector.ts'
import { postgresContents, redisContents } from './store-contents.ts'

const within = { timeout: 30_000, interval: 50 }
const shared = { clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), checkEveryMs: 50 }
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

describe('a projector that lost its place', () => {
  const folded = foldBatch(sampleRecords([sampleEvent(1, sampleAccount(1)), sampleEvent(2, sampleReport(1)), sampleEvent(3, sampleMatch(1, 1))]))
  /** Newer than all that the other one folded, so that nothing but the fence holds it back. */
  const lateReports = [sampleEvent(12, sampleReport(2)), sampleEvent(13, sampleMatch(2, 1))]
  const late = foldBatch(sampleRecords([sampleEvent(11, sampleAccount(1, { circuit: 'C9' })), ...lateReports]))
  const step = { partition: 'outages/0', newestAt: '2026-01-31T04:00:00.000Z' } as const

  it.each(['postgres', 'redis'] as const)('changes nothing in %s', async (name) => {
    const url = name === 'postgres' ? await freshDatabase() : await freshRedis()
    const contents = () => (name === 'postgres' ? postgresContents(url) : redisContents(url))
    const make = (logId: string): Projection => {
      const made = name === 'postgres' ? createPostgresProjection({ databaseUrl: url, logId, clock: systemClock }) : createRedisProjection({ redisUrl: url, logId, clock: systemClock })
      endings.push(() => made.close())
      return made
    }
    const [zombie, owner] = [make('log'), make('log')]
    expect([await zombie.load('outages/0'), await owner.load('outages/0')]).toEqual([null, null])
    await owner.apply({ ...step, expected: null, next: '3' }, folded)
    const before = await contents()
    await expect(zombie.apply({ ...step, expected: null, next: '3' }, late)).rejects.toThrow(ProjectionMovedError)
    await expect(zombie.apply({ ...step, expected: '2', next: '3' }, foldBatch(sampleRecords(lateReports)))).rejects.toThrow(ProjectionMovedError)
    expect(await contents()).toEqual(before)
    const stranger = make('another log')
    await vi.waitFor(() => expect(stranger.apply({ ...step, expected: '3', next: '4' }, late)).rejects.toThrow(ProjectionMovedError), within)
    expect(await contents()).toEqual(before)
    await owner.apply({ ...step, expected: '3', next: '4' }, late)
    expect(await contents()).not.toEqual(before)
  })

  it('does not call Redis whole that another one folds anew', async () => {
    const redisUrl = await freshRedis()
    const redis = new Redis(redisUrl)
    const make = (): Projection => createRedisProjection({ redisUrl, logId: 'log', clock: systemClock })
    const [zombie, owner] = [make(), make()]
    endings.push(() => redis.disconnect(), () => zombie.close(), () => owner.close())
    await zombie.load('outages/0')
    await zombie.apply({ ...step, expected: null, next: '3' }, folded)
    await redis.flushdb()
    await owner.load('outages/0')
    await expect(zombie.caughtUp('outages/0')).rejects.toThrow(ProjectionMovedError)
    expect(await redis.smembers('projection:rebuilding')).toEqual(['outages/0'])
  })
})

it('a wiper that was asleep while another one wiped removes nothing', async () => {
  const redisUrl = await freshRedis()
  const redis = new Redis(redisUrl)
  endings.push(() => redis.disconnect())
  await redis.mset('projection:wiping', 'another token', projectionKeys.logId, 'log', 'account:1', '{}')
  expect(await removeProjection(redis, 'a token of long ago', 60_000)).toBe(false)
  expect(await redis.mget(projectionKeys.logId, 'account:1')).toEqual(['log', '{}'])
})

it('a database of another log is refused, also for a partition that the other log did not have', async () => {
  const databaseUrl = await freshDatabase()
  const [other, own] = ['another', 'log'].map((logId) => createPostgresProjection({ databaseUrl, logId, clock: systemClock })) as [Projection, Projection]
  endings.push(() => other.close(), () => own.close())
  await other.load('outages/0')
  await expect(own.load('outages/5')).rejects.toThrow(ProjectionRefusedError)
  await expect(own.load('outages/0')).rejects.toThrow(ProjectionRefusedError)
})

describe('a projector that is suspended in the middle of a batch', () => {
  let stores: OwnStores
  beforeAll(async () => {
    stores = await ownStores()
  })
  afterAll(() => stores.stop())

  it('hands over, changes nothing when it wakes, and takes part again', async () => {
    const url = `sqlite:${join(temporaryFolder(), 'event-log.sqlite')}`
    const log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'test' })
    endings.push(() => log.close())
    const facts = Array.from({ length: 40 }, (_, number) => [sampleAccount(number), sampleReport(number), sampleMatch(number, number)]).flat()
    const append = (some: typeof facts) => log.append(some.map(sampleNewEvent))
    await append(facts.slice(0, 30))

    const { child, owned } = startChild(url, stores)
    endings.push(() => end(child))
    await vi.waitFor(async () => expect(await owned()).toHaveLength(PROJECTED_TOPICS.length), within)
    await vi.waitFor(async () => expect(await countReports(stores.databaseUrl)).toBe(10), within)
    await vi.waitFor(async () => expect(Object.keys(await redisContents(stores.redisUrl)).filter((key) => key.startsWith('report:'))).toHaveLength(10), within)

    const [postgres, redis] = [new Client({ connectionString: stores.databaseUrl }), new Redis(stores.redisUrl)]
    endings.push(() => postgres.end(), () => redis.disconnect())
    await postgres.connect()
    await postgres.query('BEGIN; LOCK TABLE portal.outage_report IN ACCESS EXCLUSIVE MODE')
    await redis.client('PAUSE', 60_000, 'WRITE')
    await append(facts.slice(30, 90))
    const held = "pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%outage_report%'"
    await vi.waitFor(async () => expect(await count(stores.databaseUrl, held)).toBe(1), within)
    await vi.waitFor(async () => expect(await redis.client('LIST')).toMatch(/name=projector\b[^\n]* flags=b/), within)
    child.kill('SIGSTOP')
    await postgres.query('COMMIT')
    await redis.client('UNPAUSE')

    const stop = await startProjector({ ...shared, log, ...stores })
    endings.push(stop)
    await append(facts.slice(90))
    await vi.waitFor(async () => expect(await countReports(stores.databaseUrl)).toBe(40), within)
    const expected = await foldedByOne(log)
    await vi.waitFor(async () => expect(await redisContents(stores.redisUrl)).toEqual(expected.redis), within)
    expect(await postgresContents(stores.databaseUrl)).toEqual(expected.postgres)

    child.kill('SIGCONT')
    await vi.waitFor(async () => expect(await owned()).toHaveLength(PROJECTED_TOPICS.length / 2), within)
    expect(await postgresContents(stores.databaseUrl)).toEqual(expected.postgres)
    expect(await redisContents(stores.redisUrl)).toEqual(expected.redis)
    await stop()
    await vi.waitFor(async () => expect(await owned()).toHaveLength(PROJECTED_TOPICS.length), within)
    await append([sampleReport(100)])
    await vi.waitFor(async () => expect(await countReports(stores.databaseUrl)).toBe(41), within)
  }, 90_000)

  async function foldedByOne(log: Awaited<ReturnType<typeof openEventLog>>) {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    for (const projection of [createPostgresProjection({ databaseUrl, logId: 'log', clock: systemClock }), createRedisProjection({ redisUrl, logId: 'log', clock: systemClock })]) {
      for (const partition of ['accounts/0', 'outages/0'] as const) {
        let expected = await projection.load(partition)
        for await (const records of log.read(partition, null, { signal: AbortSignal.timeout(30_000), follow: false })) {
          const { position: next, envelope } = records.at(-1)!
          await projection.apply({ partition, expected, next, newestAt: envelope.time }, foldBatch(records))
          expected = next
        }
      }
      await projection.close()
    }
    return { postgres: await postgresContents(databaseUrl), redis: await redisContents(redisUrl) }
  }
})

function startChild(url: string, { databaseUrl, redisUrl }: OwnStores): { child: ChildProcess; owned: () => Promise<unknown[]> } {
  const env = { ...process.env, EVENT_LOG_URL: url, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ADMIN_PORT: '0', STORMDOOR_NODE: 'projector', LOG_LEVEL: 'info' }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  return {
    child,
    owned: async () => {
      const port = /"adminPort":(\d+)/.exec(output)?.[1]
      const answer = await fetch(`http://127.0.0.1:${port}/status`, { signal: AbortSignal.timeout(2_000) })
      return ((await answer.json()) as { owned: unknown[] }).owned
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

const countReports = (databaseUrl: string): Promise<number> => count(databaseUrl, 'portal.outage_report')

async function count(databaseUrl: string, rowsOf: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${rowsOf}`)
    return rows[0]!.count
  } finally {
    await client.end()
  }
}
