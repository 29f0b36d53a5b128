import type { Clock, Random } from '../../domain/clock.ts'
import type { NewEvent, OutageMatched, OutageReported, OutageWithdrawn } from '../../domain/event.ts'
import { AccountsBehindError } from '../../server/accounts/complete-sources.ts'
import { matchedId } from '../../server/outages/delivery-events.ts'
import type { MatchTry } from '../../server/outages/match-reports.ts'
import { LogUnavailableError, ReadsUnavailableError } from '../../server/platform/errors.ts'
import type { EventLog, LogRecord, Ownership, Partition, Position } from '../../server/platform/event-log/event-log.ts'
import { FencedError } from '../../server/platform/event-log/fenced-error.ts'
import { sha256 } from '../../server/platform/hash.ts'
import type { Logger } from '../../server/platform/logger.ts'
import { counter, gauge } from '../../server/platform/metrics.ts'
import { ownedPartition, type OwnedPartition } from '../../server/platform/ownership-status.ts'
import { surely, together } from './surely.ts'
import { UnmatchedReports } from './unmatched-reports.ts'

/** Among whose members the partitions of reports are shared. */
export const GROUP = 'reactors-matching'
export const MATCHING_CONSUMER = 'matching'
export const UNMATCHED_CONSUMER = 'matching-unmatched'
const BATCH_RECORDS = 200
/** After a batch smaller than this: a moment in which the next one gathers, for one look-up and one append. */
const GATHER_BELOW_RECORDS = 50
const GATHER_MS = 50
/** One set of look-ups and one append. */
const REPORTS_AT_ONCE = 50
/** In a try again: how many of those that wait for accounts are asked for in a round. */
const RETRIES_AT_ONCE = 16
const RETRY_MS = 60_000
/** After an account changed: time for its projection to show it, and the least time between two tries. */
const AFTER_ACCOUNTS_MS = 2_000
/** In a try again: at the first try nobody waits behind it. */
const ACCOUNTS_WAIT_MS = 3_000
const LAG_MS = 5_000
/** Older reports without an account are the desk's business. */
const GIVE_UP_MS = 7 * 24 * 3_600_000

const lag = gauge('stormdoor_matching_lag_records', 'Records of outages not yet looked at', ['partition'])
const pending = gauge('stormdoor_matching_unmatched', 'Reports without an account that are tried again', ['partition'])
const matched = counter('stormdoor_matching_matched_total', 'Reports matched to an account', ['by'])
const unmatched = counter('stormdoor_matching_unmatched_total', 'Reports that had no certain account at the first try')
const givenUp = counter('stormdoor_matching_given_up_total', 'Reports left to the desk: too old, or too many at once')

export interface MatchingReactor {
  log: EventLog
  /**
   * matchReports over the stores, which may wait `waitMs` for accounts on their way. Throws ReadsUnavailableError: then the
   * reactor waits. A report rejected with AccountsBehindError waits among the unmatched, and others go on.
   */
  match: (reports: readonly OutageReported[], waitMs: number) => Promise<MatchTry[]>
  clock: Clock
  random: Random
  logger: Logger
  signal: AbortSignal
}

/** Follows one partition of reports for as long as it is owned. */
export class PartitionMatching {
  readonly #reactor: MatchingReactor
  readonly #partition: Partition
  readonly #epoch: string
  readonly #owned: OwnedPartition
  readonly #unmatched = new UnmatchedReports(() => givenUp.inc())
  #cursor: Position | null = null
  #savedReadFrom: Position | null = null
  #accountsChanged = false
  #wake: () => void = () => undefined
  readonly #stop = new AbortController()

  /** @param reactor its signal is that of the ownership */
  constructor(reactor: MatchingReactor, { partition, epoch }: Pick<Ownership, 'partition' | 'epoch'>) {
    const signal = AbortSignal.any([reactor.signal, this.#stop.signal])
    this.#reactor = { ...reactor, signal }
    this.#partition = partition
    this.#epoch = epoch
    this.#owned = ownedPartition(GROUP, partition, epoch)
  }

  /** Ends with the signal, or when a later owner has the partition. Throws what no waiting mends. */
  async run(): Promise<void> {
    const { signal, logger } = this.#reactor
    try {
      await together(signal, this.#stop, [surely(this.#reactor, 'the event log', () => this.#load())])
      await together(signal, this.#stop, [surely(this.#reactor, 'the event log', () => this.#follow()), this.#retryForever(), this.#measureLag()])
    } catch (error) {
      if (!(error instanceof FencedError)) throw error
      logger.info({ partition: this.#partition, reason: error.message }, 'leaves a partition to its later owner')
    } finally {
      this.#owned.release()
      for (const each of [lag, pending]) each.remove({ partition: this.#partition })
    }
  }

  /** Some account changed: what has none yet is tried again soon. */
  tryAgainSoon(): void {
    this.#accountsChanged = true
    this.#wake()
  }

  async #load(): Promise<void> {
    const { log, signal } = this.#reactor
    this.#cursor = await log.loadCursor(MATCHING_CONSUMER, this.#partition)
    this.#savedReadFrom = await log.loadCursor(UNMATCHED_CONSUMER, this.#partition)
    if (this.#cursor !== null) await this.#unmatched.derive(log, this.#partition, this.#savedReadFrom, this.#cursor, signal)
    // Accounts may have come while nobody had the partition.
    this.#accountsChanged = this.#unmatched.size > 0
  }

  async #follow(): Promise<void> {
    const { log, clock, signal } = this.#reactor
    for await (const batch of log.read(this.#partition, this.#cursor, { signal, maxRecords: BATCH_RECORDS })) {
      await this.#takeBatch(batch)
      if (batch.length < GATHER_BELOW_RECORDS) await clock.sleep(GATHER_MS, signal).catch(() => undefined)
    }
  }

  /** The outcomes are logged before the cursor moves: a crash between repeats them under the same ids. */
  async #takeBatch(batch: readonly LogRecord[]): Promise<void> {
    const { log } = this.#reactor
    const reports: { record: LogRecord; before: Position | null }[] = []
    let before = this.#cursor
    for (const record of batch) {
      // The data of each type: eventTypes in domain/event.ts.
      if (record.envelope.type === 'outage.matched.v1') this.#unmatched.remove((record.envelope.data as OutageMatched).reportId)
      if (record.envelope.type === 'outage.reported.v1' && record.first) reports.push({ record, before })
      before = record.position
    }
    for (let start = 0; start < reports.length; start += REPORTS_AT_ONCE) {
      const slice = reports.slice(start, start + REPORTS_AT_ONCE)
      const tries = await this.#matchOrWait(slice.map(({ record }) => record.envelope.data as OutageReported), 0)
      const outcomes = tries.map(({ match }) => match)
      for (const [index, { record, before }] of slice.entries()) {
        if (outcomes[index]) continue
        this.#unmatched.add(record.envelope.data as OutageReported, before)
        unmatched.inc()
      }
      await this.#append(slice.flatMap(({ record }, index) => eventOf(outcomes[index], record.envelope.traceparent)))
    }
    for (const { first, envelope } of batch) if (first && envelope.type === 'outage.withdrawn.v1') this.#unmatched.withdraw(envelope.data as OutageWithdrawn)
    const last = batch.at(-1)!.position
    await surely(this.#reactor, 'the event log', () => log.saveCursor(MATCHING_CONSUMER, this.#partition, last, this.#epoch))
    this.#cursor = last
    await this.#saveReadFrom()
  }

  /** Waits while the stores are down; whatever else goes wrong with a report leaves it unmatched, to be tried again. */
  async #matchOrWait(reports: readonly OutageReported[], accountsWaitMs: number): Promise<{ match: OutageMatched | null; accountsBehind: boolean }[]> {
    if (reports.length === 0) return []
    const tries = await surely(this.#reactor, 'Redis or Postgres', async (): Promise<MatchTry[]> => {
      try {
        return await this.#reactor.match(reports, accountsWaitMs)
      } catch (reason) {
        if (reason instanceof ReadsUnavailableError || reason instanceof LogUnavailableError) throw reason
        return reports.map(() => ({ status: 'rejected', reason }))
      }
    })
    return tries.map((tried, index) => {
      if (tried.status === 'fulfilled') return { match: tried.value, accountsBehind: false }
      const accountsBehind = tried.reason instanceof AccountsBehindError
      if (accountsBehind) this.tryAgainSoon()
      else this.#reactor.logger.error({ err: tried.reason, reportId: reports[index]!.reportId }, 'a report could not be matched; it is tried again')
      return { match: null, accountsBehind }
    })
  }

  async #append(events: readonly NewEvent<'outage.matched.v1'>[]): Promise<void> {
    if (events.length === 0) return
    const appended = await surely(this.#reactor, 'the event log', () => this.#reactor.log.append(events))
    for (const [index, { outcome }] of appended.entries()) if (outcome === 'appended') matched.inc({ by: events[index]!.data.matchedBy })
  }

  async #retryForever(): Promise<void> {
    const { clock, signal } = this.#reactor
    while (!signal.aborted) {
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      if (!this.#accountsChanged) await clock.sleep(RETRY_MS, AbortSignal.any([signal, woken.signal])).catch(() => undefined)
      await clock.sleep(AFTER_ACCOUNTS_MS, signal)
      this.#accountsChanged = false
      await this.#retryAll()
    }
  }

  async #retryAll(): Promise<void> {
    const { log, clock, signal } = this.#reactor
    givenUp.inc(this.#unmatched.expire(clock.nowMs() - GIVE_UP_MS))
    const ids = this.#unmatched.ids()
    for (let start = 0; start < ids.length && !signal.aborted; start += RETRIES_AT_ONCE) {
      const slice = ids.slice(start, start + RETRIES_AT_ONCE)
      const looked = await surely(this.#reactor, 'the event log', () => Promise.all(slice.map((id) => log.find('outages', id))))
      const found = looked.filter((first) => first !== null)
      const tries = await this.#matchOrWait(found.map(({ envelope }) => envelope.data as OutageReported), ACCOUNTS_WAIT_MS)
      const events = tries.flatMap(({ match }, index) => eventOf(match, found[index]!.envelope.traceparent))
      await this.#append(events)
      for (const event of events) this.#unmatched.remove(event.data.reportId)
      if (tries.some(({ accountsBehind }) => accountsBehind)) break
    }
    await this.#saveReadFrom()
  }

  async #saveReadFrom(): Promise<void> {
    pending.set({ partition: this.#partition }, this.#unmatched.size)
    const readFrom = this.#cursor === null ? null : this.#unmatched.readFrom(this.#cursor)
    if (readFrom === null || readFrom === this.#savedReadFrom) return
    await surely(this.#reactor, 'the event log', () => this.#reactor.log.saveCursor(UNMATCHED_CONSUMER, this.#partition, readFrom, this.#epoch))
    this.#savedReadFrom = readFrom
  }

  async #measureLag(): Promise<void> {
    const { log, clock, signal } = this.#reactor
    while (!signal.aborted) {
      const records = await log.countAfter(this.#partition, this.#cursor).catch(() => null)
      if (records !== null) {
        lag.set({ partition: this.#partition }, records)
        this.#owned.lag(records, MATCHING_CONSUMER)
      }
      await clock.sleep(LAG_MS, signal)
    }
  }
}

function eventOf(data: OutageMatched | null | undefined, traceparent: string | undefined): NewEvent<'outage.matched.v1'>[] {
  if (!data) return []
  const id = matchedId(data.reportId)
  return [{ id, type: 'outage.matched.v1', key: data.reportId, bodyHash: sha256(JSON.stringify(data)), data, traceparent }]
}
