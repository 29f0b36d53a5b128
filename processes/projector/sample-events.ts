import { createHash } from 'node:crypto'
import { accountNumberKey, type Account } from '../../domain/account.ts'
import type { EventData, EventEnvelope, EventType, NewEvent, OutageAddedTo, OutageConfirmed, OutageHandled, OutageMatched, OutageReported, OutageWithdrawn } from '../../domain/event.ts'
import type { OutageDelivered, OutageDeliveryRefused, OutageRedeliveryRequested } from '../../domain/delivery.ts'
import { formatHlc } from '../../domain/hybrid-clock.ts'
import { formatUuid } from '../../domain/uuid.ts'
import { deliveredEvent, redeliveryEvent, refusedEvent } from '../../server/outages/delivery-events.ts'
import { handlingEvent, stepIdAfter } from '../../server/outages/handling-events.ts'
import type { LogRecord } from '../../server/platform/event-log/event-log.ts'

const START_MS = Date.UTC(2026, 0, 31, 4)

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function seededFraction(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function shuffled<T>(items: readonly T[], fraction: () => number): T[] {
  const result = [...items]
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(fraction() * (index + 1))
    ;[result[index], result[other]] = [result[other]!, result[index]!]
  }
  return result
}

export function sampleId(number: number): string {
  return formatUuid(createHash('sha256').update(`id ${number}`).digest(), 7)
}

export function sampleHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

export function sampleAccount(number: number, changes: Partial<Omit<Account, 'personal'>> & { personal?: Partial<Account['personal']> } = {}): Account {
  const { personal, ...plain } = changes
  return {
    accountNumber: `4100-${String(number).padStart(6, '0')}`,
    servicePoint: `SP${number}`,
    meterNumber: `M${number}`,
    circuit: `C${number % 3}`,
    transformer: `T${Math.floor(number / 4)}`,
    language: 'en',
    ...plain,
    personal: {
      name: `Customer ${number}`,
      phones: [`+1555${String(1_000_000 + number)}`],
      email: `customer${number}@example.com`,
      address: { line1: `${number} North Elm Street`, city: 'Harbor', postalCode: '95404' },
      latitude: 38.4,
      longitude: -122.7,
      medicalEquipment: false,
      ...personal,
    },
  }
}

/** That the core system no longer has `sampleAccount(number)`. */
export function sampleClosing(number: number): EventData<'account.closed.v1'> {
  return { accountNumber: sampleAccount(number).accountNumber }
}

export function sampleReport(number: number, changes: Partial<OutageReported> = {}): OutageReported {
  return {
    reportId: sampleId(number),
    reference: '7K3F-92QD-XH',
    schema: 1,
    bodyHash: sampleHash(`body ${number}`),
    secretHash: sampleHash(`secret ${number}`),
    acceptedAt: new Date(START_MS + number * 1_000).toISOString(),
    savedAt: new Date(START_MS + number * 1_000 - 250).toISOString(),
    locale: 'en',
    channel: 'web',
    hazards: [],
    scope: 'whole-home',
    heardBang: 'no',
    neighborsOut: 'unknown',
    delivery: { attempt: 1 },
    personal: { place: { address: `${number} North Elm Street` }, medicalEquipment: false },
    ...changes,
  }
}

export function sampleMatch(report: number, account: number, changes: Partial<OutageMatched> = {}): OutageMatched {
  const { accountNumber, servicePoint, circuit, transformer } = sampleAccount(account)
  return { reportId: sampleId(report), accountNumber, servicePoint, circuit, transformer, matchedBy: 'address', ...changes }
}

type FollowUpData = OutageWithdrawn | OutageAddedTo | OutageConfirmed
type FollowUpWords = Pick<OutageWithdrawn, 'reason'> | Pick<OutageAddedTo, 'hazards' | 'scope' | 'personal'> | Pick<OutageConfirmed, 'stillOut'>

/** A follow-up to report `number`, under its secret unless changed. @param index tells the follow-ups of one report apart */
export function sampleFollowUp(number: number, index: number, words: FollowUpWords, changes: Partial<Pick<FollowUpData, 'secretHash' | 'acceptedAt'>> = {}): FollowUpData {
  const atMs = START_MS + number * 1_000 + (index + 1) * 60_000
  return {
    followUpId: formatUuid(createHash('sha256').update(`follow-up ${number} ${index}`).digest(), 7),
    reportId: sampleId(number),
    schema: 1,
    bodyHash: sampleHash(`follow-up ${number} ${index} ${JSON.stringify(words)}`),
    secretHash: sampleHash(`secret ${number}`),
    acceptedAt: new Date(atMs).toISOString(),
    savedAt: new Date(atMs - 250).toISOString(),
    locale: 'en',
    channel: 'web',
    delivery: { attempt: 1 },
    ...changes,
    ...words,
  }
}

/** The core system has a delivery of report `number`, by default the report itself. */
export function sampleDelivered(number: number, deliveryId = sampleId(number)): OutageDelivered {
  const deliveredAt = new Date(START_MS + number * 1_000 + 20_000).toISOString()
  return { deliveryId, reportId: sampleId(number), deliveredAt, coreReference: `OMS-${number}`, attempts: 1 }
}

export function sampleRefused(number: number, round: number, deliveryId = sampleId(number)): OutageDeliveryRefused {
  const refusedAt = new Date(START_MS + number * 1_000 + round * 30_000).toISOString()
  return { deliveryId, reportId: sampleId(number), refusedAt, status: 422, reason: `no | such circuit ${round}`, attempts: 1, round }
}

export function sampleRedelivery(number: number, round: number, deliveryId = sampleId(number)): OutageRedeliveryRequested {
  const requestedAt = new Date(START_MS + number * 1_000 + round * 40_000).toISOString()
  return { deliveryId, reportId: sampleId(number), requestedAt, round, staffId: 'staff' }
}

/** Step `index` of the handling of report `number`, based on the one before. @param rival tells apart those that are based on the same one */
export function sampleHandled(number: number, index: number, step: OutageHandled['step'], rival = 0): OutageHandled {
  const reportId = sampleId(number)
  let basedOn: string | null = null
  for (let before = 0; before < index; before++) basedOn = stepIdAfter(reportId, basedOn)
  return {
    handlingId: formatUuid(createHash('sha256').update(`handling ${number} ${index} ${rival}`).digest(), 7),
    reportId, step, basedOn,
    at: new Date(START_MS + number * 1_000 + (index + 1) * 50_000).toISOString(),
    actor: { staffId: formatUuid(createHash('sha256').update(`staff ${rival}`).digest(), 7), name: `Agent | ${rival}` },
  }
}

type DeliveryData = OutageDelivered | OutageDeliveryRefused | OutageRedeliveryRequested
type Sample = DeliveryData | OutageHandled | Account | EventData<'account.closed.v1'> | OutageReported | OutageMatched | FollowUpData

/** An envelope as the log gives it. @param order its place in the total order */
export function sampleEvent(order: number, data: Sample): EventEnvelope {
  const { id, type, key, bodyHash } = sampleNewEvent(data)
  return {
    specversion: '1.0', id, type, source: 'urn:stormdoor:test:sample', subject: id, time: new Date(START_MS + order).toISOString(),
    datacontenttype: 'application/json', partitionkey: key, hlc: formatHlc(START_MS + order, 0), region: 'test', node: 'sample.1', seq: order + 1,
    bodyhash: bodyHash, hash: bodyHash, data,
  }
}

/** Records as a log gives them that took these in this order: the first of each id is flagged. */
export function sampleRecords(envelopes: readonly EventEnvelope[]): LogRecord[] {
  const ids = new Set<string>()
  return envelopes.map((envelope, index) => {
    const first = !ids.has(envelope.id)
    ids.add(envelope.id)
    return { position: String(index + 1), first, envelope }
  })
}

/** The event of an account, its closing, report, match, follow-up, delivery or handling, to be appended. */
export function sampleNewEvent(data: Sample): NewEvent {
  if ('handlingId' in data) return handlingEvent(data)
  if ('deliveredAt' in data) return deliveredEvent(data)
  if ('refusedAt' in data) return refusedEvent(data)
  if ('requestedAt' in data) return redeliveryEvent(data)
  const bodyHash = sampleHash(JSON.stringify(data))
  const event = (type: EventType, id: string, key: string): NewEvent => ({ type, id, key, data, bodyHash })
  if ('matchedBy' in data) return event('outage.matched.v1', formatUuid(createHash('sha256').update(data.reportId).digest(), 5), data.reportId)
  if ('followUpId' in data) {
    const type = 'reason' in data ? 'outage.withdrawn.v1' : 'stillOut' in data ? 'outage.confirmed.v1' : 'outage.added-to.v1'
    return { ...event(type, data.followUpId, data.reportId), bodyHash: data.bodyHash }
  }
  if ('reportId' in data) return { ...event('outage.reported.v1', data.reportId, data.reportId), bodyHash: data.bodyHash }
  if (!('personal' in data)) return event('account.closed.v1', formatUuid(createHash('sha256').update(`closed ${bodyHash}`).digest(), 5), accountNumberKey(data.accountNumber))
  return event('account.upserted.v1', formatUuid(createHash('sha256').update(bodyHash).digest(), 5), accountNumberKey(data.accountNumber))
}
