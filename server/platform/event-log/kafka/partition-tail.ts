import { setImmediate as nextTick } from 'node:timers/promises'
import type { EventEnvelope } from '../../../../domain/event.ts'
import type { Logger } from '../../logger.ts'
import type { Partition } from '../event-log.ts'
import type { FetchedPartition } from './kafka-client.ts'
import { KAFKA_CODE } from './kafka-failure.ts'
import type { LogIndex } from './log-index.ts'
import { recordName, type PendingRecord } from './pending-record.ts'
import { indexedRecord, storedRecord, type StoredRecord } from './stored-record.ts'

/** Newest records kept in memory, so that readers at the tail and answers of repeats ask no broker. */
const WINDOW_BYTES = 1024 * 1024
/** Folded in one go; the event loop turns in between. */
const FOLD_RECORDS = 200
/** An index that is further behind is not waited for: the answer then says what is known, and the fold decides. */
const NEAR_RECORDS = 5_000
const FOLD_GRACE_MS = 1_000

interface WindowRecord extends StoredRecord {
  first: boolean
}

export interface PartitionTailOptions {
  partition: Partition
  /** Number of the partition in its topic. */
  number: number
  index: LogIndex
  /** Records from an offset on, some at a time. */
  fetch: (from: number) => Promise<FetchedPartition>
  logger?: Logger
}

/**
 * What this process knows of one partition: read live to `next`, folded into the index to `folded`. When it starts far from
 * the end, the live part starts at the end and the fold follows from where the index had stopped.
 */
export class PartitionTail {
  readonly partition: Partition
  readonly number: number
  /** Records that are waited for, by name. */
  readonly pending = new Map<string, PendingRecord>()
  /** Called when the live part has moved. */
  onAdvance: () => void = () => undefined
  /** Why the fold cannot go on; null while it can. */
  failure: string | null = null
  readonly #options: PartitionTailOptions
  readonly #window: WindowRecord[] = []
  readonly #waiters = new Set<() => void>()
  #windowBytes = 0
  #windowStart: number
  #next: number
  #told: number
  #folding: Promise<void> | null = null
  #closed = false

  /** @param start where the live part begins: at the fold when that is near, else at the end */
  constructor(options: PartitionTailOptions, start: number) {
    this.#options = options
    this.partition = options.partition
    this.number = options.number
    this.#next = Math.max(start, this.folded)
    this.#windowStart = this.#next
    this.#told = this.#next
    this.#foldOn()
  }

  /** Offset that the live part asks for next. */
  get next(): number {
    return this.#next
  }

  /** Whoever waits for a record before it has been answered, or told that the fold is to come. */
  get told(): number {
    return this.#told
  }

  /** Readers see what lies before it. */
  get folded(): number {
    return this.#options.index.next(this.partition)
  }

  /** Takes in what was fetched live, and answers whoever waited for it. */
  async take(fetched: FetchedPartition): Promise<void> {
    if (fetched.code === KAFKA_CODE.offsetOutOfRange) return this.#outOfRange()
    if (fetched.next <= this.#next) return this.#foldOn()
    const near = this.folded >= this.#windowStart
    const records = this.#stored(fetched)
    for (const record of records) {
      this.#window.push({ ...record, first: false })
      this.#windowBytes += record.bytes
    }
    this.#next = fetched.next
    this.#foldOn()
    if (near) await this.#folding
    if (this.pending.size > 0) for (const record of records) this.#readBack(record)
    this.#told = fetched.next
    this.#trim()
    this.onAdvance()
  }

  /** A record of the window; null when it has left it or has not come yet. */
  recent(offset: number): EventEnvelope | null {
    return this.#window[this.#indexOf(offset)]?.offset === offset ? this.#window[this.#indexOf(offset)]!.envelope : null
  }

  /** Folded records from an offset on; null when it lies before the window. */
  recentFrom(from: number, most: number): { records: WindowRecord[]; next: number } | null {
    if (from < this.#windowStart) return null
    const start = this.#indexOf(from)
    const { folded } = this
    let end = start
    while (end < this.#window.length && end - start < most && this.#window[end]!.offset < folded) end++
    const records = this.#window.slice(start, end)
    return { records, next: records.length === most ? records.at(-1)!.offset + 1 : Math.max(from, folded) }
  }

  /** Resolves when the fold has moved or failed, the signal is aborted or the tail is closed; at once when it is beyond `offset` already. */
  async change(offset: number, signal: AbortSignal): Promise<void> {
    if (this.folded > offset || signal.aborted || this.#closed) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        this.#waiters.delete(wake)
        resolve()
      }
      signal.addEventListener('abort', wake)
      this.#waiters.add(wake)
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const wake of this.#waiters) wake()
    await this.#folding
  }

  #stored(fetched: FetchedPartition): StoredRecord[] {
    const records = fetched.records.flatMap((record) => storedRecord(record) ?? [])
    if (records.length < fetched.records.length) {
      this.#options.logger?.error({ partition: this.partition, before: fetched.next }, 'passed over what is no event in the event log')
    }
    return records
  }

  /** The record is durable, and not folded yet: what it is, the fold says in a moment, unless that is far behind or at fault. */
  #readBack({ offset, envelope }: StoredRecord): void {
    const waiting = this.pending.get(recordName(envelope))
    if (!waiting || waiting.readAt !== null) return
    waiting.readAt = offset
    const own = waiting.isOwn(envelope)
    const unfolded = (): void => {
      if (!waiting.settled) this.#settle(waiting, { outcome: own ? 'appended' : 'repeated', firstOffset: offset, added: own })
    }
    if (this.failure !== null || offset - this.folded > NEAR_RECORDS) unfolded()
    else setTimeout(unfolded, FOLD_GRACE_MS).unref()
  }

  #settle(waiting: PendingRecord, outcome: Parameters<PendingRecord['settle']>[0]): void {
    this.pending.delete(waiting.name)
    waiting.settle(outcome)
  }

  /** Starts the fold when it stands and there is something to fold. */
  #foldOn(): void {
    if (this.#folding || this.#closed || this.folded >= this.#next) return
    this.#folding = this.#foldAll().finally(() => {
      this.#folding = null
      // What came in the turns between the last look and this one.
      if (this.failure === null) this.#foldOn()
    })
  }

  async #foldAll(): Promise<void> {
    while (!this.#closed && this.folded < this.#next) {
      try {
        if (this.folded >= this.#windowStart) this.#foldWindow()
        else await this.#foldOlder()
        if (this.failure !== null) this.#options.logger?.info({ partition: this.partition }, 'the index of the event log goes on')
        this.failure = null
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        if (this.failure === null) this.#options.logger?.error({ partition: this.partition, reason }, 'the index of the event log stands still')
        this.failure = reason
        // The next records that come try again.
        return this.#wakeAll()
      }
      this.#wakeAll()
      await nextTick()
    }
  }

  #foldWindow(): void {
    const start = this.#indexOf(this.folded)
    const records = this.#window.slice(start, start + FOLD_RECORDS)
    const last = start + records.length === this.#window.length
    const standings = this.#fold(records, last ? this.#next : records.at(-1)!.offset + 1)
    for (const [position, record] of records.entries()) record.first = standings[position]!.standing === 'first'
  }

  async #foldOlder(): Promise<void> {
    const fetched = await this.#options.fetch(this.folded)
    if (this.#closed) return
    // What the window holds is folded there: only so its readers learn which record is the first of its id.
    const next = Math.min(fetched.next, this.#windowStart)
    const records = this.#stored(fetched).filter(({ offset }) => offset < next)
    for (let start = 0; start < records.length; start += FOLD_RECORDS) {
      const some = records.slice(start, start + FOLD_RECORDS)
      this.#fold(some, start + some.length === records.length ? next : some.at(-1)!.offset + 1)
      await nextTick()
      if (this.#closed) return
    }
    if (records.length === 0 && next > this.folded) this.#fold([], next)
  }

  #fold(records: readonly StoredRecord[], next: number): ReturnType<LogIndex['fold']> {
    const standings = this.#options.index.fold(this.partition, records.map(indexedRecord), next)
    if (this.pending.size === 0) return standings
    for (const [position, { envelope }] of records.entries()) {
      const waiting = this.pending.get(recordName(envelope))
      if (!waiting) continue
      const { standing, firstOffset } = standings[position]!
      const own = waiting.isOwn(envelope)
      const conflicting = standing === 'conflict' || standing === 'known-conflict'
      const same = standing === 'first' && own ? 'appended' : 'repeated'
      this.#settle(waiting, { outcome: conflicting ? 'conflicting' : same, firstOffset, added: own && (standing === 'first' || standing === 'conflict') })
    }
    return standings
  }

  #trim(): void {
    let count = 0
    while (this.#windowBytes > WINDOW_BYTES && count < this.#window.length - 1) {
      this.#windowBytes -= this.#window[count]!.bytes
      this.#windowStart = this.#window[count]!.offset + 1
      count++
    }
    if (count > 0) this.#window.splice(0, count)
  }

  #outOfRange(): void {
    const reason = `${this.partition} ends before ${this.#next}, to where it was read: was the topic deleted, or a disk lost?`
    if (this.failure !== reason) this.#options.logger?.error({ partition: this.partition, reason }, 'the event log is shorter than it was')
    this.failure = reason
    this.#wakeAll()
  }

  /** Index in the window of the first record at or after an offset. */
  #indexOf(offset: number): number {
    let [low, high] = [0, this.#window.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#window[middle]!.offset < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #wakeAll(): void {
    for (const wake of this.#waiters) wake()
  }
}
