import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { systemClock as clock } from '../../../domain/clock.ts'
import { createReadSources, type ReadSources } from '../../../server/platform/read-sources.ts'
import { foldBatch } from '../../projector/fold-batch.ts'
import { createRedisProjection } from '../../projector/redis/redis-projection.ts'
import { sampleEvent, sampleFollowUp, sampleId, sampleMatch, sampleRecords, sampleReport } from '../../projector/sample-events.ts'
import { standingOf } from './standing-of.ts'

const events = [
  sampleReport(1),
  sampleReport(2, { occurred: { savedAt: '2026-01-31T01:00:00.000Z', errorMs: 40, basis: 'server-offset' } }),
  sampleMatch(2, 2),
  sampleReport(3),
  sampleFollowUp(3, 0, { hazards: [], scope: 'dim', personal: {} }),
  sampleFollowUp(3, 1, { reason: 'power-back' }),
].map((fact, order) => sampleEvent(order, fact))
let sources: ReadSources

beforeAll(async () => {
  const redisUrl = await freshRedis()
  const projection = createRedisProjection({ redisUrl, logId: 'log', clock })
  await projection.load('outages/0')
  await projection.apply({ partition: 'outages/0', expected: null, next: '6', newestAt: events.at(-1)!.time }, foldBatch(sampleRecords(events)))
  await projection.close()
  sources = createReadSources({ redisUrl, databaseUrl: 'postgres://nobody@127.0.0.1:9/none' })
  await vi.waitFor(() => standingOf(sources, sampleId(1)), { timeout: 20_000, interval: 20 })
})
afterAll(() => sources.close())

it('tells where a report stands with all that followed', async () => {
  expect(await standingOf(sources, sampleId(1))).toEqual({ state: 'received', confirmation: 'not-needed', additions: 0, asOf: events[0]!.time })
  expect(await standingOf(sources, sampleId(2))).toMatchObject({ state: 'matched', confirmation: 'asked', additions: 0 })
  expect(await standingOf(sources, sampleId(3))).toEqual({ state: 'withdrawn', confirmation: 'back', additions: 1, asOf: events[5]!.time })
  expect(await standingOf(sources, sampleId(4))).toBeNull()
})
