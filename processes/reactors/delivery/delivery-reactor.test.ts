import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import type { OutageDelivered, OutageDeliveryRefused } from '../../../domain/delivery.ts'
import type { EventData, EventType } from '../../../domain/event.ts'
import { coreFollowUpSchema, coreReportSchema } from '../../../server/core-system/core-delivery.ts'
import { CoreRefusedError, CoreUnavailableError } from '../../../server/core-system/core-errors.ts'
import type { CoreCall, CoreDelivery, CoreReceipt } from '../../../server/core-system/core-system.ts'
import { matchedId, redeliveryEvent } from '../../../server/outages/delivery-events.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { openSeveralPartitions } from '../../../server/platform/event-log/several-partitions.fixture.ts'
import { createLogger } from '../../../server/platform/logger.ts'
import { ownershipStatus } from '../../../server/platform/ownership-status.ts'
import { sampleFollowUp, sampleHash, sampleId, sampleMatch, sampleNewEvent, sampleReport } from '../../projector/sample-events.ts'
import { runDeliveryReactor, type DeliveryReactor } from './delivery-reactor.ts'

let log: EventLog
/** What the core system has, in the order in which it took it; the bytes as text. */
let taken: Map<string, string>
let calls: string[]
/** Before it takes or refuses: throws what it answers instead. */
let trouble: (delivery: CoreDelivery, call: CoreCall) => Promise<void> | void
let stops: (() => Promise<void>)[]

const core = {
  async deliverReport(delivery: CoreDelivery, call: CoreCall): Promise<CoreReceipt> {
    const { id, kind, body } = delivery
    calls.push(id)
    await trouble(delivery, call)
    const text = Buffer.from(body).toString()
    // What is told must be as it was agreed.
    ;(kind === 'report' ? coreReportSchema : coreFollowUpSchema).parse(JSON.parse(text))
    const held = taken.get(id)
    if (held !== undefined && held !== text) throw new CoreRefusedError(409, 'Another body stands under this id')
    taken.set(id, text)
    return { reference: `OMS-${id.slice(0, 8)}`, repeated: held !== undefined }
  },
}

function start(changes: Partial<DeliveryReactor> = {}): () => Promise<void> {
  const controller = new AbortController()
  const done = runDeliveryReactor({
    log, core, perSecond: Infinity, atOnce: 16, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), signal: controller.signal, ...changes,
  })
  const stop = async (): Promise<void> => {
    controller.abort()
    await done
  }
  stops.push(stop)
  return stop
}

const append = (...data: Parameters<typeof sampleNewEvent>[0][]) => log.append(data.map(sampleNewEvent))
const match = (report: number, account: number) => log.append([{ ...sampleNewEvent(sampleMatch(report, account)), id: matchedId(sampleId(report)) }])
const at = (address: string) => ({ personal: { place: { address }, medicalEquipment: false } })
const unavailable = (kind = 'ECONNREFUSED') => new CoreUnavailableError('no answer', { kind })
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 30 })

async function logged<T extends EventType>(type: T): Promise<EventData<T>[]> {
  const found: EventData<T>[] = []
  for await (const batch of log.read('outages/0', null, { signal: new AbortController().signal, follow: false })) {
    for (const { envelope } of batch) if (envelope.type === type) found.push(envelope.data as EventData<T>)
  }
  return found
}
const deliveredIds = async () => (await logged('outage.delivered.v1')).map(({ deliveryId }: OutageDelivered) => deliveryId)
const body = (id: string) => JSON.parse(taken.get(id)!) as Record<string, unknown>

beforeEach(async () => {
  log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'event-log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
  taken = new Map()
  calls = []
  trouble = () => undefined
  stops = []
})
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()))
  await log.close()
})

describe('delivery to the core system', () => {
  it('hands each report and follow-up over once and logs that it is there, over restarts too', async () => {
    await append(sampleReport(1), sampleReport(2))
    await match(2, 7)
    await append(sampleFollowUp(1, 0, { hazards: ['fire'], personal: {} }))
    const stop = start()
    const ids = [sampleId(1), sampleId(2), sampleNewEvent(sampleFollowUp(1, 0, { hazards: ['fire'], personal: {} })).id]
    await eventually(async () => expect((await deliveredIds()).toSorted()).toEqual(ids.toSorted()))
    expect(body(sampleId(1))).toMatchObject({ account: null, withdrawn: false, reference: '7K3F-92QD-XH' })
    expect(body(sampleId(2))).toMatchObject({ account: { accountNumber: '4100-000007', servicePoint: 'SP7' } })
    await eventually(async () => expect(await log.loadCursor('delivery', 'outages/0')).not.toBeNull())
    await stop()
    start()
    await append(sampleReport(3))
    await eventually(async () => expect(await deliveredIds()).toHaveLength(4))
    expect(calls.toSorted()).toEqual([...ids, sampleId(3)].toSorted())
    expect((await logged('outage.delivered.v1')).every(({ coreReference, attempts }) => coreReference.startsWith('OMS-') && attempts === 1)).toBe(true)
  })

  it('waits for a match, but not for ever, and tells a later one by itself', async () => {
    const acceptedAt = new Date().toISOString()
    await append(sampleReport(1, { acceptedAt }), sampleReport(2, { acceptedAt: new Date(Date.now() - 9_700).toISOString() }))
    start()
    await eventually(() => expect(calls).toEqual([sampleId(2)]))
    await match(1, 7)
    await eventually(() => expect(body(sampleId(1))).toMatchObject({ account: { servicePoint: 'SP7' } }))
    await match(2, 8)
    const late = matchedId(sampleId(2))
    await eventually(async () => expect(await deliveredIds()).toContain(late))
    expect(body(sampleId(2))['account']).toBeNull()
    expect(body(late)).toMatchObject({ kind: 'matched', followUpId: late, reportId: sampleId(2), account: { servicePoint: 'SP8' } })
  })

  it('sends the same bytes again when the match came between the taking and our record', async () => {
    await append(sampleReport(1))
    trouble = async ({ id, body: bytes }, { signal }) => {
      taken.set(id, Buffer.from(bytes).toString())
      await systemClock.sleep(60_000, signal)
    }
    const stop = start()
    await eventually(() => expect(taken.size).toBe(1))
    await stop()
    expect(await deliveredIds()).toEqual([])
    await match(1, 7)
    await append(sampleFollowUp(1, 0, { reason: 'power-back' }))
    trouble = () => undefined
    start()
    await eventually(async () => expect(await deliveredIds()).toHaveLength(3))
    expect(await logged('outage.delivery-refused.v1')).toEqual([])
    expect(body(sampleId(1))).toMatchObject({ account: null, withdrawn: false })
  })

  it('hands over what was withdrawn before, marked so, and not what a stranger says', async () => {
    const withdrawal = sampleFollowUp(1, 0, { reason: 'mistake' })
    await append(sampleReport(1), withdrawal, sampleReport(2), sampleFollowUp(2, 0, { reason: 'mistake' }, { secretHash: sampleHash('thief') }))
    await append(sampleFollowUp(9, 0, { reason: 'mistake' }, { acceptedAt: new Date().toISOString() }))
    start()
    await eventually(async () => expect(await deliveredIds()).toHaveLength(3))
    expect(body(sampleId(1))).toMatchObject({ withdrawn: true })
    expect(body(sampleId(2))).toMatchObject({ withdrawn: false })
    expect(body(sampleNewEvent(withdrawal).id)).toMatchObject({ kind: 'withdrawn', reason: 'mistake' })
    expect(taken.size).toBe(3)
    await append(sampleReport(9))
    await eventually(async () => expect(await deliveredIds()).toHaveLength(5))
  })

  it('goes hazards first when the core system returns, and in order within a premise', async () => {
    trouble = () => Promise.reject(unavailable())
    for (let number = 0; number < 30; number++) await append(sampleReport(number, at(`${number % 10} Elm Street`)))
    await append(sampleReport(40, { ...at('3 Elm St'), hazards: ['fire'] }), sampleReport(41, { ...at('77 Oak Lane'), hazards: ['downed-line'] }))
    start({ atOnce: 1 })
    await eventually(() => expect(calls.length).toBeGreaterThan(4))
    trouble = () => undefined
    await eventually(async () => expect(await deliveredIds()).toHaveLength(32))
    // The probe that finds it alive may be any.
    const order = (await deliveredIds()).slice(1)
    const atThird = [3, 13, 23, 40].map(sampleId)
    expect(order.filter((id) => atThird.includes(id))).toEqual(atThird.filter((id) => order.includes(id)))
    for (const id of [...atThird, sampleId(41)]) expect(order.indexOf(id)).toBeLessThan(6)
    for (let premise = 0; premise < 10; premise++) {
      const chain = [premise, premise + 10, premise + 20].map(sampleId)
      expect((await deliveredIds()).filter((id) => chain.includes(id))).toEqual(chain)
    }
  })

  it('keeps what is refused for the desk, with all that follows it, and hands it over once more when asked', async () => {
    const followUp = sampleFollowUp(1, 0, { stillOut: 'yes' })
    const followUpId = sampleNewEvent(followUp).id
    await append(sampleReport(1), followUp, sampleReport(2))
    trouble = ({ id }) => {
      if (id === sampleId(1)) throw new CoreRefusedError(422, 'no such circuit')
    }
    const stop = start()
    await eventually(async () => expect(await logged('outage.delivery-refused.v1')).toHaveLength(2))
    expect(await logged('outage.delivery-refused.v1')).toMatchObject([
      { deliveryId: sampleId(1), status: 422, reason: 'no such circuit', round: 1, attempts: 1 },
      { deliveryId: followUpId, status: null, round: 1 },
    ])
    await eventually(async () => expect(await deliveredIds()).toEqual([sampleId(2)]))
    const request = (deliveryId: string, round: number) => log.append([redeliveryEvent({ deliveryId, reportId: sampleId(1), round, requestedAt: new Date().toISOString(), staffId: 'staff' })])
    await request(sampleId(1), 1)
    await eventually(async () => expect((await logged('outage.delivery-refused.v1')).map(({ round }: OutageDeliveryRefused) => round)).toEqual([1, 1, 2]))
    await stop()
    trouble = () => undefined
    await request(sampleId(1), 2)
    await request(followUpId, 1)
    start()
    await eventually(async () => expect(await deliveredIds()).toEqual([sampleId(2), sampleId(1), followUpId]))
  })

  it('refuses another body under the id with that reason', async () => {
    await append(sampleReport(1))
    taken.set(sampleId(1), 'something else')
    start()
    await eventually(async () => expect(await logged('outage.delivery-refused.v1')).toMatchObject([{ status: 409, reason: 'Another body stands under this id' }]))
  })

  it('gives up what alone fails again and again while others pass @full', async () => {
    trouble = ({ id }) => {
      if (id === sampleId(0)) throw unavailable('http-500')
    }
    await append(sampleReport(0))
    // Hardly a wait between two tries.
    start({ random: { ...systemRandom, fraction: () => 0.01 } })
    let number = 1
    await eventually(async () => {
      await append(sampleReport(number++))
      expect(await logged('outage.delivery-refused.v1')).toHaveLength(1)
    })
    expect(await logged('outage.delivery-refused.v1')).toMatchObject([{ deliveryId: sampleId(0), status: null }])
    expect(calls.filter((id) => id === sampleId(0)).length).toBeGreaterThanOrEqual(12)
  })

  it('does not keep all others waiting for hazards of which it can take none', async () => {
    const hazards = Array.from({ length: 12 }, (_, number) => sampleReport(number, { hazards: ['fire'] }))
    const others = Array.from({ length: 5 }, (_, number) => sampleReport(50 + number))
    await append(...hazards, ...others)
    trouble = ({ id }) => {
      if (hazards.some(({ reportId }) => reportId === id)) throw unavailable('http-500')
    }
    start({ random: { ...systemRandom, fraction: () => 0.001 } })
    await eventually(async () => expect((await deliveredIds()).toSorted()).toEqual(others.map(({ reportId }) => reportId).toSorted()))
  }, 60_000)

  it('holds all back for a Retry-After, and refuses nothing for it @full', async () => {
    const begunMs = performance.now()
    trouble = () => {
      if (performance.now() - begunMs < 400) throw new CoreUnavailableError('fewer', { kind: 'http-429', throttled: true, retryAfterMs: 1_000 })
    }
    await append(...Array.from({ length: 20 }, (_, number) => sampleReport(number)))
    start()
    await eventually(async () => expect(await deliveredIds()).toHaveLength(20))
    expect(calls.length).toBeLessThan(24)
    expect(performance.now() - begunMs).toBeGreaterThan(990)
  })

  it('hands hazards over that lie behind more than it can keep in memory, then the rest, each once', async () => {
    trouble = () => Promise.reject(unavailable())
    await append(...Array.from({ length: 60 }, (_, number) => sampleReport(number)), sampleReport(90, { hazards: ['fire'] }))
    await append(sampleFollowUp(50, 0, { hazards: ['injury'], personal: {} }))
    const stop = start({ atOnce: 1, mostItems: 8 })
    await eventually(() => expect(calls.length).toBeGreaterThan(2))
    expect(calls[0]).toBe(sampleId(90))
    trouble = () => undefined
    await eventually(async () => expect(await deliveredIds()).toHaveLength(62))
    const order = await deliveredIds()
    expect(new Set(order).size).toBe(62)
    for (const id of [90, 50].map(sampleId)) expect(order.indexOf(id)).toBeLessThan(8)
    await eventually(async () => expect(await log.loadCursor('delivery', 'outages/0')).toBe(await log.end('outages/0')))
    await stop()
  })

  it('is harmless twice at once, and leaves to its later owner @full', async () => {
    await append(...Array.from({ length: 40 }, (_, number) => sampleReport(number, { acceptedAt: new Date().toISOString() })))
    // Each believes that the partition is its own, as one that was frozen does when it wakes up.
    const lonely: EventLog = { ...log, share: (_group, _topics, { signal, work }) => work({ partition: 'outages/0', epoch: '0000000000000001', signal }) }
    start({ log: lonely })
    for (let number = 0; number < 20; number++) await match(number, number)
    start({ log: { ...lonely, share: (_group, _topics, { signal, work }) => work({ partition: 'outages/0', epoch: '0000000000000002', signal }) } })
    for (let number = 20; number < 40; number++) await match(number, number)
    await eventually(async () => expect(new Set(await deliveredIds()).size).toBe(40))
    expect(taken.size).toBe(40)
    expect((await log.statistics('outages')).conflicts).toBe(0)
    expect(await logged('outage.delivery-refused.v1')).toEqual([])
    expect(await deliveredIds()).toHaveLength(40)
  })

  it('hands over of all partitions that it owns, one of a premise under way @full', async () => {
    await log.close()
    log = await openSeveralPartitions(temporaryFolder(), 2, 'test')
    let underWay = 0
    let most = 0
    trouble = async () => {
      most = Math.max(most, ++underWay)
      await systemClock.sleep(5)
      underWay--
    }
    await append(...Array.from({ length: 30 }, (_, number) => sampleReport(number, at('1 Elm Street'))))
    start()
    await eventually(async () => {
      expect(taken.size).toBe(30)
      expect((await log.statistics('outages')).events).toBe(90)
    })
    expect(most).toBe(1)
    expect(ownershipStatus().owned.map(({ partition }) => partition)).toEqual(['outages/0', 'outages/1'])
  })

  it('hands nothing over where there is no core system', async () => {
    await append(sampleReport(1))
    start({ core: null })
    await append(sampleReport(2))
    await eventually(async () => expect(await log.countAfter('outages/0', await log.end('outages/0'))).toBe(0))
    expect(calls).toEqual([])
    expect(await log.loadCursor('delivery', 'outages/0')).toBeNull()
  })
})
