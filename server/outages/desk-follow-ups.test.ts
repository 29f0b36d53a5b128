import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { systemClock, type Clock } from '../../domain/clock.ts'
import { foldBatch } from '../../processes/projector/fold-batch.ts'
import { createPostgresProjection } from '../../processes/projector/postgres/postgres-projection.ts'
import type { Projection } from '../../processes/projector/projection.ts'
import { createRedisProjection } from '../../processes/projector/redis/redis-projection.ts'
import { sampleEvent, sampleFollowUp, sampleHash, sampleId, sampleMatch, sampleRecords, sampleReport } from '../../processes/projector/sample-events.ts'
import { utility } from '../../utility.config.ts'
import { createReadSources, type ReadSources } from '../platform/read-sources.ts'
import { getDeskReport } from './get-desk-report.ts'
import { getNearby, getOutageStatus } from './get-outage-status.ts'
import type { DeskEntry } from './desk-entry.ts'
import { listDeskReports } from './list-desk-reports.ts'
import { reportCacheKey } from './report-cache.ts'

const CURRENT_AT = '2026-01-31T04:10:00.000Z'
const clock: Clock = { ...systemClock, nowMs: () => Date.parse(CURRENT_AT) }
const waited = (hours: number, number: number) => {
  const savedAt = new Date(Date.parse(sampleReport(number).acceptedAt) - hours * 3_600_000).toISOString()
  return { occurred: { savedAt, errorMs: 200, basis: 'server-offset' as const } }
}
const events = [
  sampleFollowUp(1, 0, { hazards: ['fire'], personal: { medicalEquipment: true } }),
  ...Array.from({ length: 9 }, (_, number) => sampleReport(number, [3, 4, 5].includes(number) ? waited(2, number) : { ...(number === 6 ? waited(1, 6) : {}), hazards: [7, 8].includes(number) ? ['downed-line'] : [] })),
  ...[0, 2, 3, 4].map((number) => sampleMatch(number, 0)),
  sampleFollowUp(2, 0, { reason: 'power-back' }),
  sampleFollowUp(2, 1, { reason: 'mistake' }, { secretHash: sampleHash('thief') }),
  sampleFollowUp(4, 0, { stillOut: 'yes' }),
  sampleFollowUp(5, 0, { stillOut: 'yes' }),
  sampleFollowUp(5, 1, { stillOut: 'no' }),
  sampleFollowUp(7, 0, { reason: 'mistake' }),
  sampleFollowUp(8, 0, { reason: 'other' }),
].map((fact, order) => sampleEvent(order, fact))

const stored = {} as Record<'redis' | 'postgres', ReadSources>
let redis: Redis

async function apply(projection: Projection): Promise<void> {
  const expected = await projection.load('outages/0')
  await projection.apply({ partition: 'outages/0', expected, next: '9', newestAt: CURRENT_AT }, foldBatch(sampleRecords(events)))
  await projection.caughtUp('outages/0')
  await projection.confirm('outages/0', '9')
  await projection.close()
}

beforeAll(async () => {
  const [databaseUrl, redisUrl, emptyDatabaseUrl, emptyRedisUrl] = [await freshDatabase(), await freshRedis(), await freshDatabase(), await freshRedis()]
  await apply(createPostgresProjection({ databaseUrl, logId: 'log', clock }))
  await apply(createRedisProjection({ redisUrl, logId: 'log', clock }))
  stored.redis = createReadSources({ redisUrl, databaseUrl: emptyDatabaseUrl })
  stored.postgres = createReadSources({ redisUrl: emptyRedisUrl, databaseUrl })
  redis = new Redis(redisUrl)
})
afterAll(async () => {
  redis.disconnect()
  await Promise.all(Object.values(stored).map((sources) => sources.close()))
})

describe.each(['redis', 'postgres'] as const)('the desk, from %s', (source) => {
  /** Cold stores on a busy machine may be late once: asked until the right one answers. */
  const entries = async (): Promise<DeskEntry[]> => {
    const list = await vi.waitFor(async () => {
      const asked = await listDeskReports(stored[source], { limit: 20 })
      expect([asked.source, asked.reports.length]).toEqual([source, 9])
      return asked
    }, { timeout: 20_000, interval: 50 })
    return list.reports
  }
  const entry = async (number: number) => (await entries()).find(({ id }) => id === sampleId(number))

  it('puts a report first to which a hazard was added, and one withdrawn as a mistake no more', async () => {
    const ids = (await entries()).map(({ id }) => id)
    expect(ids).toEqual([8, 1, 6, 5, 4, 3, 0, 7, 2].map(sampleId))
    expect(await entry(1)).toMatchObject({ hazards: ['fire'], hazardous: true, additions: 1, withdrawn: false })
    expect(await entry(7)).toMatchObject({ hazards: ['downed-line'], hazardous: false, withdrawn: true })
    expect(await entry(8)).toMatchObject({ hazardous: true, withdrawn: true })
  })

  it('asks of what waited over an hour, and tells the newest answer', async () => {
    const confirmations = await Promise.all([0, 3, 4, 5, 6].map(async (number) => (await entry(number))?.confirmation))
    expect(confirmations).toEqual(['not-needed', 'asked', 'still-out', 'back', 'not-needed'])
    expect([(await entry(0))?.waitedMs, (await entry(3))?.waitedMs]).toEqual([null, 7_200_000])
  })

  it('shows what followed in the order of the log, and nothing under another secret', async () => {
    await entries()
    const { report, followUps, asOf } = (await getDeskReport(stored[source], sampleId(5)))!
    expect(report.occurred).toEqual(waited(2, 5).occurred)
    expect(followUps).toEqual([
      { type: 'outage.confirmed.v1', data: sampleFollowUp(5, 0, { stillOut: 'yes' }) },
      { type: 'outage.confirmed.v1', data: sampleFollowUp(5, 1, { stillOut: 'no' }) },
    ])
    expect(asOf).toBe(events.at(-3)?.time)
    expect((await getDeskReport(stored[source], sampleId(2)))!.followUps.map(({ data }) => data)).toEqual([sampleFollowUp(2, 0, { reason: 'power-back' })])
  })

  it('counts no withdrawn report, neither over all nor nearby', async () => {
    await entries()
    const counting = (outages: Partial<typeof utility.outages>) => ({ ...utility, outages: { ...utility.outages, ...outages } })
    const level = async (stormReports: number) => (await getOutageStatus(stored[source], clock, counting({ elevatedReports: 1, stormReports }))).level
    expect([await level(6), await level(7)]).toEqual(['storm', 'elevated'])
    const near = async (nearbyMinimumReports: number) => (await getNearby(stored[source], 'C0', clock, counting({ nearbyMinimumReports }))).nearby
    expect([await near(3), await near(4)]).toEqual(['reported', 'none-known'])
  })
})

it('the desk reads what was cached before there were follow-ups', async () => {
  const key = reportCacheKey(sampleId(0))
  const { followUps: _none, ...older } = JSON.parse((await redis.get(key))!) as { followUps: unknown }
  await redis.set(key, JSON.stringify(older))
  expect(await getDeskReport(stored.redis, sampleId(0))).toMatchObject({ source: 'redis', followUps: [] })
})
