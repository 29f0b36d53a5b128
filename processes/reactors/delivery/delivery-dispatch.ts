import type { Clock, Random } from '../../../domain/clock.ts'
import type { NewEvent } from '../../../domain/event.ts'
import { CoreAnswerError, CoreGoneError, CoreRefusedError, CoreUnavailableError } from '../../../server/core-system/core-errors.ts'
import type { CoreSystem } from '../../../server/core-system/core-system.ts'
import { deliveredEvent, refusedEvent } from '../../../server/outages/delivery-events.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import type { Logger } from '../../../server/platform/logger.ts'
import { counter, gauge } from '../../../server/platform/metrics.ts'
import { surely } from '../surely.ts'
import { DeliveryPace, type Attempt } from './delivery-pace.ts'
import { DeliveryQueue, type DeliveryItem, type Taken } from './delivery-queue.ts'
import { prepareDelivery, type Prepared } from './prepare-delivery.ts'

const CALL_MS = 20_000
const BACKOFF_FIRST_MS = 500
const BACKOFF_MOST_MS = 30_000
/** Of what waits for its report. */
const LOOK_AGAIN_MOST_MS = 60_000
const REPORT_FIRST_MS = 1_000
/** What fails so often by itself while others go through is refused. */
const MOST_OWN_FAILURES = 12
/** Hand-overs whose outcome is not logged yet, as a multiple of those that may be under way: a log that hangs stops the dispatch. */
const MOST_UNLOGGED = 4
const REASON_CHARS = 500

const delivered = counter('stormdoor_delivery_delivered_total', 'Reports and follow-ups that the core system has taken')
const refused = counter('stormdoor_delivery_refused_total', 'Reports and follow-ups that the core system refused for good')
const limit = gauge('stormdoor_delivery_limit', 'Hand-overs that may be under way at once; 0 while the core system is away')

export interface DispatchOptions {
  log: Pick<EventLog, 'find' | 'append'>
  core: Pick<CoreSystem, 'deliverReport'>
  perSecond: number
  atOnce: number
  clock: Clock
  random: Random
  logger: Logger
  signal: AbortSignal
}

/** Hands over what the partitions of this process have in the queue, as fast as the pace allows, and logs each outcome. */
export class DeliveryDispatch {
  readonly queue = new DeliveryQueue()
  readonly pace: DeliveryPace
  readonly #options: DispatchOptions
  readonly #mostUnlogged: number
  readonly #underWay = new Map<DeliveryItem, Promise<void>>()
  #passed = 0
  #probes = 0
  #wake: () => void = () => undefined

  constructor(options: DispatchOptions) {
    this.#options = options
    this.pace = new DeliveryPace(options)
    this.#mostUnlogged = MOST_UNLOGGED * options.atOnce
  }

  /** Ends with the signal, when what was under way has ended too. */
  async run(): Promise<void> {
    const { clock, signal } = this.#options
    while (!signal.aborted) {
      const nowMs = clock.monotonicMs()
      limit.set(this.pace.isAway ? 0 : this.pace.limit)
      const waitMs = this.#underWay.size >= this.#mostUnlogged ? Infinity : Math.max(this.pace.waitMs(nowMs), this.queue.waitMs(nowMs))
      const taken = waitMs > 0 ? null : this.#take(nowMs)
      if (!taken) {
        await this.#pause(waitMs)
        continue
      }
      const handingOver = this.#handOver(taken, this.pace.begin(nowMs)).finally(() => this.#underWay.delete(taken.item))
      this.#underWay.set(taken.item, handingOver)
    }
    await Promise.all(this.#underWay.values())
  }

  /** Something can be taken that could not before. */
  wake(): void {
    this.#wake()
  }

  /** Waits for what is under way of an owner that was told to end. */
  async ended(owner: DeliveryItem['owner']): Promise<void> {
    await Promise.all([...this.#underWay].flatMap(([item, handingOver]) => (item.owner === owner ? [handingOver] : [])))
  }

  /** While it is away every second probe is another report: it may be up, and fail for those alone that go first. */
  #take(nowMs: number): Taken | null {
    return this.pace.isAway && this.#probes++ % 2 === 1 ? this.queue.takeLeastFailed(nowMs) : this.queue.take(nowMs)
  }

  async #pause(waitMs: number): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    const stop = () => woken.abort()
    this.#options.signal.addEventListener('abort', stop)
    const longestMs = 60_000
    await this.#options.clock.sleep(Math.min(waitMs, longestMs), woken.signal).catch(() => undefined)
    this.#options.signal.removeEventListener('abort', stop)
  }

  async #handOver(taken: Taken, attempt: Attempt): Promise<void> {
    const { clock, logger } = this.#options
    const { item } = taken
    let backoffMs = 0
    try {
      backoffMs = await this.#try(item, attempt)
    } catch (error) {
      if (!item.owner.signal.aborted) logger.error({ err: error, deliveryId: item.id }, 'a report could not be handed over; it is tried again')
      backoffMs = this.#backoffMs(item, BACKOFF_MOST_MS)
    } finally {
      this.pace.abandoned(attempt)
      this.queue.settle(taken, clock.monotonicMs(), backoffMs)
      this.#wake()
    }
  }

  /** @returns milliseconds before its chain is taken from again */
  async #try(item: DeliveryItem, attempt: Attempt): Promise<number> {
    const { log, core, clock } = this.#options
    const { owner, id, reportId, kind } = item
    const known = { withdrawn: owner.isWithdrawn(reportId), nowMs: clock.nowMs() }
    const prepared = await this.#surely(item, () => prepareDelivery(log, item, known))
    if (prepared.what !== 'hand-over') {
      this.pace.passedOver(attempt)
      return this.#dealWith(item, prepared)
    }
    attempt.startedMs = clock.monotonicMs()
    let reference: string
    try {
      const receipt = await core.deliverReport({ id, reportId, kind, body: prepared.body }, { signal: owner.signal, deadlineMs: CALL_MS })
      reference = receipt.reference
    } catch (error) {
      return await this.#failed(item, attempt, prepared.round, error)
    }
    this.#answered(attempt)
    this.#passed++
    const data = { deliveryId: id, reportId, deliveredAt: new Date(clock.nowMs()).toISOString(), coreReference: reference, attempts: item.failures + 1 }
    if (await this.#append(item, deliveredEvent(data))) delivered.inc()
    owner.done(item)
    return 0
  }

  /** Without the core system. */
  async #dealWith(item: DeliveryItem, prepared: Exclude<Prepared, { what: 'hand-over' }>): Promise<number> {
    switch (prepared.what) {
      case 'nothing':
        item.owner.done(item)
        return 0
      case 'wait':
        return item.owner.waitsForReport(item) ? this.#backoffMs(item, LOOK_AGAIN_MOST_MS) : 0
      case 'report-first':
        await this.#surely(item, () => item.owner.bringReport(item.reportId))
        return this.#backoffMs(item, REPORT_FIRST_MS)
      case 'refuse':
        await this.#refuse(item, prepared.round, null, 'Its report was refused')
        return 0
    }
  }

  async #failed(item: DeliveryItem, attempt: Attempt, round: number, error: unknown): Promise<number> {
    const { clock } = this.#options
    if (item.owner.signal.aborted) return 0
    if (error instanceof CoreGoneError || (error instanceof CoreRefusedError && error.status >= 400)) {
      this.#answered(attempt)
      await this.#refuse(item, round, error instanceof CoreRefusedError ? error.status : 410, error instanceof CoreRefusedError ? error.reason : error.message)
      return 0
    }
    if (error instanceof CoreUnavailableError && error.throttled) {
      this.pace.throttled(attempt, clock.monotonicMs(), error.retryAfterMs)
      return this.#backoffMs(item, BACKOFF_FIRST_MS)
    }
    // A refusal of another kind is not of this report: production refuses a stand-in so.
    const passing = error instanceof CoreUnavailableError || error instanceof CoreAnswerError || error instanceof CoreRefusedError
    if (!passing) throw error
    const wasAway = this.pace.isAway
    this.pace.failed(attempt, clock.monotonicMs(), error instanceof CoreUnavailableError ? error.retryAfterMs : undefined)
    if (this.pace.isAway && !wasAway) this.#options.logger.warn({ reason: error.message }, 'the core system does not take reports: one is tried now and then')
    const itsOwn = error instanceof CoreAnswerError || (error instanceof CoreUnavailableError && error.kind.startsWith('http-5'))
    if (itsOwn && this.#passed > item.passedAtFailure) item.ownFailures++
    item.passedAtFailure = this.#passed
    if (item.ownFailures >= MOST_OWN_FAILURES) {
      await this.#refuse(item, round, null, `It failed ${item.ownFailures} times while others went through: ${error.message}`)
      return 0
    }
    return this.#backoffMs(item, BACKOFF_MOST_MS)
  }

  #answered(attempt: Attempt): void {
    if (!this.pace.answered(attempt, this.#options.clock.monotonicMs())) return
    this.#options.logger.info('the core system takes reports again')
    this.queue.hastenAll()
  }

  async #refuse(item: DeliveryItem, round: number, status: number | null, reason: string): Promise<void> {
    const { clock, logger } = this.#options
    const { id: deliveryId, reportId } = item
    const data = {
      deliveryId, reportId, refusedAt: new Date(clock.nowMs()).toISOString(), status, reason: reason.slice(0, REASON_CHARS), attempts: item.failures + 1, round,
    }
    if (await this.#append(item, refusedEvent(data))) refused.inc()
    logger.warn({ deliveryId, status }, 'the core system refused a report: it waits at the desk')
    item.owner.done(item)
  }

  /** @returns false when somebody logged it before */
  async #append(item: DeliveryItem, event: NewEvent): Promise<boolean> {
    const [appended] = await this.#surely(item, () => this.#options.log.append([event]))
    return appended!.outcome === 'appended'
  }

  async #surely<T>(item: DeliveryItem, work: () => Promise<T>): Promise<T> {
    const { clock, random, logger } = this.#options
    return surely({ clock, random, logger, signal: item.owner.signal }, 'the event log', work)
  }

  /** Full jitter. */
  #backoffMs(item: DeliveryItem, mostMs: number): number {
    return this.#options.random.fraction() * Math.min(mostMs, BACKOFF_FIRST_MS * 2 ** Math.min(item.failures++, 30))
  }
}
