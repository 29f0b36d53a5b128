import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { ownSync } from '../../../bin/test-support/own-sync.ts'
import type { Clock } from '../../../domain/clock.ts'
import { sampleAccount, sampleNewEvent } from '../../../processes/projector/sample-events.ts'
import { startProjector } from '../../../processes/projector/start-projector.ts'
import { createReadSources } from '../../platform/read-sources.ts'
import { countAccounts } from '../account-cache.ts'
import { beginBuild } from '../cache/build-lease.ts'
import { cacheKeys } from '../cache/cache-keys.ts'
import { renewCache } from './renew-cache.ts'

const NOWHERE = { redisUrl: 'redis://127.0.0.1:1', databaseUrl: 'postgresql://nobody:none@127.0.0.1:1/none' }
const ACCOUNTS = 50

async function renewal(stores: { redisUrl: string; databaseUrl: string }, clock?: Clock) {
  const { log, options } = await ownSync(null)
  const sources = createReadSources(stores)
  onTestFinished(() => sources.close())
  await log.append(Array.from({ length: ACCOUNTS }, (_, number) => sampleNewEvent(sampleAccount(number))))
  const renew = () => renewCache({ ...options, ...stores, log, sources, clock: clock ?? options.clock }, false, new AbortController().signal)
  const flips = async () => {
    const told: unknown[] = []
    for await (const batch of log.read('ops/0', null, { signal: new AbortController().signal, follow: false })) told.push(...batch.map(({ envelope }) => envelope.data))
    return told
  }
  return { log, options, renew, flips }
}

/** An hour goes by while it sleeps. */
function hurriedClock(): Clock {
  let sleptMs = 0
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => sleptMs,
    sleep: (durationMs) => {
      sleptMs += Math.max(durationMs, 3_600_000)
      return Promise.resolve()
    },
  }
}

describe('the cache after a full load @sync', () => {
  it('is renewed when the projection has it all, and the log is told', async () => {
    const stores = { redisUrl: await freshRedis(), databaseUrl: await freshDatabase() }
    const { log, options, renew, flips } = await renewal(stores)
    const renewed = renew()
    const stop = await startProjector({ log, ...stores, clock: options.clock, random: options.random, logger: options.logger })
    onTestFinished(stop)
    expect(await renewed).toEqual([])
    expect(await flips()).toMatchObject([{ accounts: ACCOUNTS, why: 'full-load' }])
  }, 60_000)

  it('is renewed when a build that was killed has lost its lease, and nothing is left of that one @full', async () => {
    const stores = { redisUrl: await freshRedis(), databaseUrl: await freshDatabase() }
    const redis = new Redis(stores.redisUrl)
    onTestFinished(() => redis.disconnect())
    const { log, options, renew } = await renewal(stores)
    const stop = await startProjector({ log, ...stores, clock: options.clock, random: options.random, logger: options.logger })
    onTestFinished(stop)
    await expect.poll(() => countAccounts(redis), { timeout: 20_000 }).toBe(ACCOUNTS)
    const { generation } = await beginBuild(redis, new Date().toISOString())
    await redis.pexpire(cacheKeys.buildLease, 2_000)
    expect(await renew()).toEqual([])
    expect(await redis.exists(cacheKeys.about(generation))).toBe(0)
  }, 60_000)

  it('is left, and that is said, while Postgres has not all of it or is away', async () => {
    const { renew, flips } = await renewal(NOWHERE, hurriedClock())
    expect(await renew()).toEqual([{ code: 'cache-left', detail: { kind: 'postgres-behind' } }])
    expect(await flips()).toEqual([])
  }, 60_000)

  it('is left, and that is said, while Redis is away @full', async () => {
    const stores = { ...NOWHERE, databaseUrl: await freshDatabase() }
    const { log, options, renew, flips } = await renewal(stores)
    const stop = await startProjector({ log, ...stores, clock: options.clock, random: options.random, logger: options.logger })
    onTestFinished(stop)
    expect(await renew()).toMatchObject([{ code: 'cache-left' }])
    expect(await flips()).toEqual([])
  }, 60_000)
})
