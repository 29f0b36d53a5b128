import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { startProjector } from '../../processes/projector/start-projector.ts'
import { sampleDelivered, sampleFollowUp, sampleId, sampleNewEvent, sampleRefused, sampleReport } from '../../processes/projector/sample-events.ts'
import type { Staff } from '../identity/staff.ts'
import { ForbiddenError, NotFoundError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { createLogger } from '../platform/logger.ts'
import { createReadSources, type ReadSources } from '../platform/read-sources.ts'
import { getDeskReport } from './get-desk-report.ts'
import { listUndelivered } from './list-undelivered.ts'
import { redoDelivery } from './redo-delivery.ts'

const staff: Staff = { staffId: '4f6a1c1e-7a53-4c11-9d5c-9f5f5d7b3c11', name: 'Somebody', role: 'dispatcher' }
const followUp = sampleFollowUp(1, 0, { hazards: ['fire'], personal: {} })
const followUpId = sampleNewEvent(followUp).id
const within = { timeout: 20_000, interval: 30 }
let stores: { databaseUrl: string; redisUrl: string }
let log: EventLog
let sources: ReadSources
let stopProjector: () => Promise<void>

beforeAll(async () => {
  stores = { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() }
  log = await openEventLog({ url: `sqlite:${temporaryFolder()}/event-log.sqlite`, clock: systemClock, region: 'test', node: 'test' })
  sources = createReadSources(stores)
  const reports = [sampleReport(1), followUp, sampleReport(2), sampleReport(3)]
  await log.append([...reports, sampleRefused(1, 1), sampleRefused(1, 1, followUpId), sampleRefused(2, 1), sampleRefused(3, 1), sampleDelivered(3)].map(sampleNewEvent))
  stopProjector = await startProjector({ log, ...stores, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent') })
})
afterAll(async () => {
  await stopProjector()
  await sources.close()
  await log.close()
})

const context = () => ({ log, sources, clock: systemClock })
const requests = async () => {
  let count = 0
  for await (const batch of log.read('outages/0', null, { signal: new AbortController().signal, follow: false })) {
    count += batch.filter(({ envelope }) => envelope.type === 'outage.redelivery-requested.v1').length
  }
  return count
}

describe('what the core system refused', () => {
  it('is told alike by Postgres while Redis is away', async () => {
    const fromBoth = await vi.waitFor(async () => {
      const told = await listUndelivered({ sources }, staff, { limit: 10 })
      expect(told.reports).toBe(2)
      return told
    }, within)
    const alone = createReadSources({ ...stores, redisUrl: 'redis://127.0.0.1:1' })
    try {
      await vi.waitFor(async () => expect(await listUndelivered({ sources: alone }, staff, { limit: 10 })).toEqual(fromBoth), within)
      expect((await listUndelivered({ sources: alone }, staff, { limit: 0 })).reports).toBe(2)
    } finally {
      await alone.close()
    }
  })

  it('is listed for staff alone, hazards first, and is queued again once, with what followed it', async () => {
    await vi.waitFor(async () => {
      const { reports, deliveries } = await listUndelivered({ sources }, staff, { limit: 10 })
      expect(reports).toBe(2)
      expect(deliveries.map(({ deliveryId, kind, hazardous }) => [deliveryId, kind, hazardous])).toEqual([
        [sampleId(1), 'report', true],
        [followUpId, 'added-to', true],
        [sampleId(2), 'report', false],
      ])
    }, within)
    expect(await listUndelivered({ sources }, staff, { limit: 0 })).toEqual({ deliveries: [], reports: 2 })
    const stranger = { ...staff, role: 'customer' as Staff['role'] }
    const agent: Staff = { ...staff, role: 'agent' }
    await expect(listUndelivered({ sources }, stranger, { limit: 10 })).rejects.toThrow(ForbiddenError)
    await expect(redoDelivery(context(), { staff: agent, deliveryId: sampleId(1) })).rejects.toThrow(ForbiddenError)
    await expect(redoDelivery(context(), { staff, deliveryId: sampleId(99) })).rejects.toThrow(NotFoundError)
    expect(await redoDelivery(context(), { staff, deliveryId: sampleId(3) })).toBe(0)
    expect(await requests()).toBe(0)

    const asked = await Promise.all(Array.from({ length: 50 }, () => redoDelivery(context(), { staff, deliveryId: sampleId(1) })))
    expect(asked.reduce((sum, count) => sum + count)).toBe(2)
    expect(await requests()).toBe(2)
    expect(await redoDelivery(context(), { staff, deliveryId: sampleId(1) })).toBe(0)
    await vi.waitFor(async () => expect((await listUndelivered({ sources }, staff, { limit: 10 })).deliveries.map(({ deliveryId }) => deliveryId)).toEqual([sampleId(2)]), within)
    await vi.waitFor(async () => {
      const found = await getDeskReport(sources, sampleId(1))
      expect(found?.deliveries.map(({ kind, standing: { state, round } }) => [kind, state, round])).toEqual([['report', 'requested', 1], ['added-to', 'requested', 1]])
    }, within)
    expect((await getDeskReport(sources, sampleId(3)))?.deliveries).toMatchObject([{ kind: 'report', standing: { state: 'delivered', coreReference: 'OMS-3' } }])
    await log.append([sampleNewEvent(sampleRefused(1, 2))])
    expect(await redoDelivery(context(), { staff, deliveryId: sampleId(1) })).toBe(1)
  })
})
