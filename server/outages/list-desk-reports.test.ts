import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { ownStores, type OwnStores } from '../../bin/test-support/own-stores.ts'
import { systemClock, type Clock } from '../../domain/clock.ts'
import type { OutageHandled } from '../../domain/event.ts'
import { foldBatch } from '../../processes/projector/fold-batch.ts'
import { createPostgresProjection } from '../../processes/projector/postgres/postgres-projection.ts'
import type { Projection } from '../../processes/projector/projection.ts'
import { createRedisProjection } from '../../processes/projector/redis/redis-projection.ts'
import { sampleAccount, sampleEvent, sampleHandled, sampleHash, sampleId, sampleMatch, sampleRecords, sampleReport } from '../../processes/projector/sample-events.ts'
import { utility } from '../../utility.config.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import { createReadSources, type ReadSources } from '../platform/read-sources.ts'
import { parseDeskPosition } from './desk-position.ts'
import { getDeskReport } from './get-desk-report.ts'
import { getNearby, getOutageStatus } from './get-outage-status.ts'
import { listDeskReports } from './list-desk-reports.ts'
import { reportsFromRows } from './report-from-row.ts'

const within = { timeout: 20_000, interval: 20 }
const CURRENT_AT = '2026-01-31T04:10:00.000Z'
const clock: Clock = { ...systemClock, nowMs: () => Date.parse(CURRENT_AT) }
const reports = Array.from({ length: 12 }, (_, number) => sampleReport(number, number % 5 === 0 ? { hazards: ['downed-line'] } : {}))
const matched = [1, 4, 7, 10]
const outages = [
  ...reports,
  sampleReport(4, { bodyHash: sampleHash('another body') }),
  ...matched.map((number) => sampleMatch(number, number)),
].map((fact, order) => sampleEvent(order, fact))
const accounts = [1, 4, 7, 10].map((number, order) => sampleEvent(100 + order, sampleAccount(number)))
let stores: OwnStores
let sources: ReadSources

async function apply(projection: Projection): Promise<void> {
  for (const [partition, envelopes] of [['accounts/0', accounts], ['outages/0', outages]] as const) {
    const expected = await projection.load(partition)
    if (expected === null) await projection.apply({ partition, expected, next: '9', newestAt: CURRENT_AT }, foldBatch(sampleRecords(envelopes)))
    await projection.caughtUp(partition)
    await projection.confirm(partition, '9')
  }
  await projection.close()
}
const foldIntoRedis = () => apply(createRedisProjection({ redisUrl: stores.redisUrl, logId: 'log', clock }))

beforeAll(async () => {
  stores = await ownStores()
  await apply(createPostgresProjection({ databaseUrl: stores.databaseUrl, logId: 'log', clock }))
})
afterAll(() => stores.stop())
beforeEach(async () => {
  sources = createReadSources(stores)
  await vi.waitFor(async () => sources.redis.client.flushdb(), within)
  // The first of each query takes longer than a read may.
  await vi.waitFor(async () => sources.prisma.use(async (database) => reportsFromRows(database, await database.outageReport.findMany({ take: 1 }))), within)
})
afterEach(() => sources.close())

describe('listDeskReports', () => {
  it.each(['redis', 'postgres'] as const)('puts hazards first, then the newest, from %s', async (source) => {
    if (source === 'redis') await foldIntoRedis()
    const list = await listDeskReports(sources, { limit: 6 })
    expect(list).toMatchObject({ source, asOf: CURRENT_AT })
    expect(list.reports.map(({ id }) => id)).toEqual([10, 5, 0, 11, 9, 8].map(sampleId))
    expect(list.reports[0]).toEqual({
      id: sampleId(10), version: expect.any(String), reference: '7K3F-92QD-XH', acceptedAt: '2026-01-31T04:00:10.000Z', hazards: ['downed-line'],
      open: true, hazardous: true, scope: 'whole-home', where: '10 North Elm Street, Harbor', accountName: 'Customer 10', matched: true, circuit: 'C1',
      handling: { state: 'new', stepId: null, by: null, at: null }, undelivered: false, withdrawn: false, additions: 0, confirmation: 'not-needed', waitedMs: null, conflicts: 0,
    })
    expect(list.totals).toEqual({ all: 12, open: 12 })
    expect(list.position).toEqual({ logId: 'log', positions: new Map([['outages/0', '9']]) })
    expect(parseDeskPosition('log:0=9')).toEqual(list.position)
    expect((await listDeskReports(sources, { limit: 4, order: 'oldest' })).reports.map(({ id }) => id)).toEqual([0, 5, 10, 1].map(sampleId))
    expect(list.reports[1]).toMatchObject({ where: '5 North Elm Street', accountName: null, matched: false })
  })

  it('is the same from both, whole', async () => {
    const stored = await listDeskReports(sources, { limit: 100 })
    await foldIntoRedis()
    expect(await listDeskReports(sources, { limit: 100 })).toEqual({ ...stored, source: 'redis' })
    expect(stored.reports.find(({ id }) => id === sampleId(4))?.conflicts).toBe(1)
    expect(stored.reports).toHaveLength(12)
  })
})

describe('what staff did', () => {
  const partition = 'outages/0'
  const at = { '1': ['claimed', 'resolved'], '5': ['resolved'], '2': ['claimed'] } as const satisfies Record<string, OutageHandled['step'][]>
  const steps = Object.entries(at).flatMap(([number, done]) => done.map((step, index) => sampleHandled(Number(number), index, step)))
  const records = [...steps, sampleHandled(2, 0, 'resolved', 1)].map((fact, order) => sampleEvent(200 + order, fact))

  it('is told alike by both: what is resolved stands last, a hazard too', async () => {
    const databaseUrl = await freshDatabase()
    const own = createReadSources({ databaseUrl, redisUrl: 'redis://127.0.0.1:1' })
    const inPostgres = createPostgresProjection({ databaseUrl, logId: 'log', clock })
    const inRedis = createRedisProjection({ redisUrl: stores.redisUrl, logId: 'log', clock })
    for (const projection of [inPostgres, inRedis]) {
      await projection.load(partition)
      await projection.apply({ partition, expected: null, next: '9', newestAt: CURRENT_AT }, foldBatch(sampleRecords([...outages, ...records])))
      await projection.confirm(partition, '9')
      await projection.close()
    }
    try {
      const stored = await vi.waitFor(() => listDeskReports(own, { limit: 100 }), within)
      expect(await listDeskReports(sources, { limit: 100 })).toEqual({ ...stored, source: 'redis' })
      expect(stored.reports.map(({ id }) => id)).toEqual([10, 0, 11, 9, 8, 7, 6, 4, 3, 2, 5, 1].map(sampleId))
      expect(stored.totals).toEqual({ all: 12, open: 10 })
      expect(stored.reports.slice(-3).map(({ open, hazardous, handling: { state, by } }) => [open, hazardous, state, by?.name])).toEqual([
        [true, false, 'claimed', 'Agent | 0'], [false, false, 'resolved', 'Agent | 0'], [false, false, 'resolved', 'Agent | 0'],
      ])
      expect((await listDeskReports(sources, { limit: 11 })).reports.at(-1)?.id).toBe(sampleId(5))
    } finally {
      await own.close()
    }
  })
})

describe('getDeskReport', () => {
  it('is the same from both, with its account and no detail of how to reach somebody', async () => {
    const stored = await getDeskReport(sources, sampleId(4))
    expect(stored).toMatchObject({ report: reports[4], conflicts: 1, account: { name: 'Customer 4', meterNumber: sampleAccount(4).meterNumber, masked: { phones: ['••• 04'], street: '••• North Elm Street' } }, source: 'postgres' })
    expect(JSON.stringify(stored!.account)).not.toMatch(/555100000|customer\d+@|\d North Elm/)
    await sources.redis.client.flushdb()
    await foldIntoRedis()
    expect(await getDeskReport(sources, sampleId(4))).toEqual({ ...stored, account: { ...stored!.account, source: 'redis' }, source: 'redis' })
  })

  it('is null for what is nowhere', async () => {
    expect(await getDeskReport(sources, sampleId(99))).toBeNull()
    expect(await getDeskReport(sources, 'not an id')).toBeNull()
  })
})

describe('getOutageStatus and getNearby', () => {
  it.each(['redis', 'postgres'] as const)('count within the window, from %s', async (source) => {
    if (source === 'redis') await foldIntoRedis()
    const later: Clock = { ...clock, nowMs: () => clock.nowMs() + 24 * 3_600_000 }
    expect(await getOutageStatus(sources, clock, utility)).toEqual({ level: 'elevated', asOf: CURRENT_AT })
    expect(await getOutageStatus(sources, later, utility)).toEqual({ level: 'calm', asOf: CURRENT_AT })
    const easily = (outages: Partial<typeof utility.outages>) => ({ ...utility, outages: { ...utility.outages, ...outages } })
    expect(await getOutageStatus(sources, clock, easily({ stormReports: 12 }))).toMatchObject({ level: 'storm' })
    expect(await getOutageStatus(sources, clock, easily({ elevatedReports: 13 }))).toMatchObject({ level: 'calm' })
    expect(await getNearby(sources, 'C1', clock, utility)).toEqual({ nearby: 'reported', asOf: CURRENT_AT })
    expect(await getNearby(sources, 'C2', clock, utility)).toEqual({ nearby: 'none-known', asOf: CURRENT_AT })
    expect(await getNearby(sources, 'C1', later, utility)).toEqual({ nearby: 'none-known', asOf: CURRENT_AT })
  })
})

describe('when a store is dead', () => {
  it('the desk reads the other', async () => {
    await foldIntoRedis()
    await stores.postgres.kill()
    expect((await listDeskReports(sources, { limit: 100 })).reports).toHaveLength(12)
    expect(await getDeskReport(sources, sampleId(1))).toMatchObject({ source: 'redis', account: { source: 'redis' } })
    await stores.redis.kill()
    await expect(listDeskReports(sources, { limit: 5 })).rejects.toThrow(ReadsUnavailableError)
    stores.postgres.start()
    await vi.waitFor(async () => expect(await listDeskReports(sources, { limit: 5 })).toMatchObject({ source: 'postgres' }), within)
    stores.redis.start()
    await vi.waitFor(async () => expect(await listDeskReports(sources, { limit: 5 })).toMatchObject({ source: 'redis' }), within)
  }, 60_000)
})
