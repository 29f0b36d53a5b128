import { addressKey } from '../../../domain/address-key.ts'
import type { Clock } from '../../../domain/clock.ts'
import type { OutageDelivered, OutageDeliveryBegun, OutageDeliveryRefused, OutageRedeliveryRequested } from '../../../domain/delivery.ts'
import type { EventEnvelope, EventType, OutageAddedTo, OutageMatched, OutageReported } from '../../../domain/event.ts'
import type { FollowUpFact } from '../../../domain/followed-report.ts'
import { isHazardous } from '../../../domain/outage-report.ts'
import { findBegun, matchedId } from '../../../server/outages/delivery-events.ts'
import { LogUnavailableError } from '../../../server/platform/errors.ts'
import type { EventLog, Position } from '../../../server/platform/event-log/event-log.ts'
import { counter } from '../../../server/platform/metrics.ts'
import type { DeliveryItem, DeliveryOwner, DeliveryQueue } from './delivery-queue.ts'
import { reportIn } from './prepare-delivery.ts'
import { UndeliveredItems } from './undelivered-items.ts'

/** A report is handed over when it is matched, or so long after it was accepted. */
const MATCH_WAIT_MS = 10_000
/** How long a follow-up waits for its report, and how many may: a stranger can name reports that never come. */
const ORPHAN_MS = 24 * 3_600_000
const MOST_ORPHANS = 10_000

const givenUp = counter('stormdoor_delivery_given_up_total', 'Follow-ups that are not handed over: their report never came')

export interface UndeliveredFoldOptions {
  log: Pick<EventLog, 'find'>
  queue: Pick<DeliveryQueue, 'add' | 'remove' | 'move' | 'hasten'>
  clock: Clock
  /** Counts what this process reads. */
  nextOrder: () => number
  /** In memory; beyond it all but hazards are passed over. */
  mostItems: number
  signal: AbortSignal
  /** There is room again for what was passed over. */
  onRoom: () => void
}

interface NewItem {
  id: string
  reportId: string
  kind: DeliveryItem['kind']
  hazardous: boolean
  acceptedAt: string
  before: Position | null
  premise: string
  secretHash?: string
  begun?: boolean
  /** Milliseconds from now; default 0. */
  waitMs?: number
  /** Before all others of its premise. */
  isFirst?: boolean
}

/** What one partition has to hand over, folded from its records; kept in the queue once all that was there at the start is read. */
export class UndeliveredFold implements DeliveryOwner {
  readonly signal: AbortSignal
  readonly #options: UndeliveredFoldOptions
  /** The data of each type: eventTypes in domain/event.ts. */
  readonly #takes: Partial<Record<EventType, (envelope: EventEnvelope, before: Position | null) => void | Promise<void>>> = {
    'outage.reported.v1': ({ data }, before) => this.#takeReport(data as OutageReported, before),
    'outage.matched.v1': (envelope, before) => this.#takeMatch(envelope, before),
    'outage.delivery-begun.v1': ({ data }, before) => this.#takeBegun(data as OutageDeliveryBegun, before),
    'outage.withdrawn.v1': (envelope, before) => this.#takeFollowUp(envelope, before),
    'outage.added-to.v1': (envelope, before) => this.#takeFollowUp(envelope, before),
    'outage.confirmed.v1': (envelope, before) => this.#takeFollowUp(envelope, before),
    'outage.delivered.v1': ({ data }) => this.#remove((data as OutageDelivered).deliveryId),
    'outage.delivery-refused.v1': ({ data }) => this.#remove((data as OutageDeliveryRefused).deliveryId),
    'outage.redelivery-requested.v1': ({ data }, before) => this.#takeRequest(data as OutageRedeliveryRequested, before),
  }
  readonly #items = new UndeliveredItems()
  /** Follow-ups whose report the log did not show, the one that was looked for longest ago first. */
  readonly #orphans = new Set<DeliveryItem>()
  readonly #orphansOf = new Map<string, Set<DeliveryItem>>()
  #isQueued = false
  #passedFrom: { position: Position | null } | null = null
  #passedOver = 0

  constructor(options: UndeliveredFoldOptions) {
    this.#options = options
    this.signal = options.signal
  }

  get isQueued(): boolean {
    return this.#isQueued
  }

  /** Reports and follow-ups, those that were passed over included. */
  get waiting(): number {
    return this.#items.size + this.#passedOver
  }

  /** Even for hazards there is no room. */
  get isFull(): boolean {
    return this.#items.size >= 2 * this.#options.mostItems
  }

  oldestAcceptedAtMs(): number | null {
    return this.#items.oldestAcceptedAtMs()
  }

  /** Where to read from to meet all of it again. @param place up to which was read */
  readFrom(place: Position | null): Position | null {
    return this.#items.readFrom(this.#passedFrom ? this.#passedFrom.position : place)
  }

  /** All that was there at the start is read: what of it is left can be handed over. */
  startQueue(): void {
    this.#isQueued = true
    for (const { item, premise } of this.#items.values()) this.#options.queue.add(item, this.#items.get(item.reportId)?.premise ?? premise)
  }

  /** Reading begins again where others than hazards were passed over. @returns from there, or from `place` when none were */
  readAgainFrom(place: Position | null): Position | null {
    const from = this.#passedFrom ? this.#passedFrom.position : place
    this.#passedFrom = null
    this.#passedOver = 0
    return from
  }

  leaveQueue(): void {
    for (const { item } of this.#items.values()) this.#options.queue.remove(item)
  }

  /** @param envelope the first record of its id @param before the position of the record before it */
  async take(envelope: EventEnvelope, before: Position | null): Promise<void> {
    await this.#takes[envelope.type]?.(envelope, before)
  }

  isWithdrawn(reportId: string): boolean {
    return this.#items.get(reportId)?.withdrawn ?? false
  }

  done({ id }: DeliveryItem): void {
    this.#remove(id)
  }

  waitsForReport(item: DeliveryItem): boolean {
    const isOld = item.acceptedAtMs < this.#options.clock.nowMs() - ORPHAN_MS
    this.#orphans.delete(item)
    this.#orphans.add(item)
    this.#orphansOf.set(item.reportId, (this.#orphansOf.get(item.reportId) ?? new Set()).add(item))
    const [longest] = this.#orphans
    const dropped = isOld ? item : this.#orphans.size > MOST_ORPHANS ? longest! : null
    if (dropped) {
      givenUp.inc()
      this.#remove(dropped.id)
    }
    return dropped !== item
  }

  async bringReport(reportId: string): Promise<void> {
    if (this.#items.get(reportId)) return
    const found = await this.#options.log.find('outages', reportId)
    const report = found && reportIn(found)
    const begun = await findBegun(this.#options.log, reportId)
    if (!report || this.#items.get(reportId)) return
    this.#add({ ...reportItem(report, begun), before: null, isFirst: true })
  }

  #takeReport(report: OutageReported, before: Position | null): void {
    const item = reportItem(report, null)
    if (this.#isKnown(item.id, before) || this.#isPassedOver(item.hazardous, before)) return
    const dueMs = Date.parse(report.acceptedAt) + MATCH_WAIT_MS - this.#options.clock.nowMs()
    this.#add({ ...item, before, waitMs: Math.max(0, Math.min(MATCH_WAIT_MS, dueMs)) })
  }

  async #takeMatch(envelope: EventEnvelope, before: Position | null): Promise<void> {
    const match = envelope.data as OutageMatched
    const held = this.#items.get(match.reportId)
    if (held && !held.begun) {
      this.#setPremise(match.reportId, servicePointPremise(match.servicePoint))
      this.#options.queue.hasten(held.item)
      return
    }
    const begun = await findBegun(this.#options.log, match.reportId)
    // Handed over without it: the match is told by itself. What is not begun yet will be with it.
    if (begun && !begun.account) this.#addLateMatch(envelope, before)
  }

  async #takeBegun({ reportId, account }: OutageDeliveryBegun, before: Position | null): Promise<void> {
    const held = this.#items.get(reportId)
    if (held) held.begun = true
    if (account) {
      this.#setPremise(reportId, servicePointPremise(account.servicePoint))
      return
    }
    // Logged between the look for it and the begin.
    const match = await this.#options.log.find('outages', matchedId(reportId))
    if (match) this.#addLateMatch(match.envelope, before)
  }

  #addLateMatch({ id, time, data }: EventEnvelope, before: Position | null): void {
    const { reportId, servicePoint } = data as OutageMatched
    if (this.#isKnown(id, before) || this.#isPassedOver(false, before)) return
    const premise = this.#items.get(reportId)?.premise ?? servicePointPremise(servicePoint)
    this.#add({ id, reportId, kind: 'follow-up', hazardous: false, acceptedAt: time, before, premise })
  }

  async #takeFollowUp(envelope: EventEnvelope, before: Position | null): Promise<void> {
    const { type, data } = { type: envelope.type, data: envelope.data } as FollowUpFact
    const { followUpId: id, reportId, secretHash, acceptedAt } = data
    const held = this.#items.get(reportId)
    if (held && held.secretHash !== secretHash) return
    if (held && type === 'outage.withdrawn.v1') held.withdrawn = true
    const hazardous = type === 'outage.added-to.v1' && isHazardous(data)
    if (this.#isKnown(id, before) || this.#isPassedOver(hazardous, before)) return
    this.#add({ id, reportId, kind: 'follow-up', hazardous, acceptedAt, before, premise: held?.premise ?? (await this.#premiseOfHandedOver(reportId)) })
  }

  async #takeRequest({ deliveryId: id, reportId }: OutageRedeliveryRequested, before: Position | null): Promise<void> {
    const first = await this.#options.log.find('outages', id)
    if (!first) throw new LogUnavailableError('The index of the event log is behind its records')
    const report = reportIn(first)
    const hazardous = report ? isHazardous(report) : first.envelope.type === 'outage.added-to.v1' && isHazardous(first.envelope.data as OutageAddedTo)
    if (this.#isKnown(id, before) || this.#isPassedOver(hazardous, before)) return
    if (report) this.#add({ ...reportItem(report, await findBegun(this.#options.log, id)), before })
    else this.#add({ id, reportId, kind: 'follow-up', hazardous, acceptedAt: first.envelope.time, before, premise: await this.#premiseOfHandedOver(reportId) })
  }

  /** Of a report that is not in memory: mostly it was handed over. */
  async #premiseOfHandedOver(reportId: string): Promise<string> {
    const held = this.#items.get(reportId)
    if (held) return held.premise
    const found = await this.#options.log.find('outages', reportId)
    const report = found && reportIn(found)
    return report ? premiseOf(report, await findBegun(this.#options.log, reportId)) : `unknown:${reportId}`
  }

  #isKnown(id: string, before: Position | null): boolean {
    if (!this.#items.get(id)) return false
    if (!this.#passedFrom) this.#items.metAgain(id, before)
    return true
  }

  #isPassedOver(hazardous: boolean, before: Position | null): boolean {
    if (!this.#passedFrom && this.#items.size >= this.#options.mostItems) this.#passedFrom = { position: before }
    if (!this.#passedFrom || hazardous) return false
    this.#passedOver++
    return true
  }

  #add({ id, reportId, kind, hazardous, acceptedAt, before, premise, secretHash = '', begun = false, waitMs = 0, isFirst = false }: NewItem): void {
    // Somebody may have been quicker while the log was asked.
    if (this.#items.get(id)) return
    const { clock, queue, nextOrder } = this.#options
    const item: DeliveryItem = {
      id, owner: this, reportId, kind, hazardous, acceptedAtMs: Date.parse(acceptedAt), order: isFirst ? 0 : nextOrder(),
      readyAtMs: waitMs === 0 ? 0 : clock.monotonicMs() + waitMs, failures: 0, ownFailures: 0, passedAtFailure: 0,
    }
    this.#items.add({ item, before, secretHash, withdrawn: false, begun, premise }, isFirst || this.#passedFrom !== null)
    if (this.#isQueued) queue.add(item, premise)
    if (kind === 'report') for (const orphan of this.#orphansOf.get(id) ?? []) queue.hasten(orphan)
  }

  #setPremise(reportId: string, premise: string): void {
    const held = this.#items.get(reportId)
    if (!held) return
    held.premise = premise
    this.#options.queue.move(held.item, premise)
  }

  #remove(id: string): void {
    const removed = this.#items.remove(id)
    if (!removed) return
    if (this.#orphans.delete(removed.item)) {
      const siblings = this.#orphansOf.get(removed.item.reportId)
      siblings?.delete(removed.item)
      if (siblings?.size === 0) this.#orphansOf.delete(removed.item.reportId)
    }
    this.#options.queue.remove(removed.item)
    if (this.#passedFrom && this.#items.size <= this.#options.mostItems / 2) this.#options.onRoom()
  }
}

function reportItem(report: OutageReported, begun: OutageDeliveryBegun | null): Omit<NewItem, 'before'> {
  const { reportId, acceptedAt, secretHash } = report
  return { id: reportId, reportId, kind: 'report', hazardous: isHazardous(report), acceptedAt, premise: premiseOf(report, begun), secretHash, begun: begun !== null }
}

function premiseOf({ reportId, personal: { place } }: OutageReported, begun: OutageDeliveryBegun | null): string {
  if (begun?.account) return servicePointPremise(begun.account.servicePoint)
  return place.address === undefined ? `report:${reportId}` : `address:${addressKey(place.address)}`
}

function servicePointPremise(servicePoint: string): string {
  return `service-point:${servicePoint}`
}
