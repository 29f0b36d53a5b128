import type { EventEnvelope, EventType, NewEvent, Topic } from '../../../domain/event.ts'

/** `outages/0`: topic and number. A repeated id always meets itself in one partition. */
export type Partition = `${Topic}/${number}`

/** Opaque to all but the adapter; only equality and "after this" are meaningful. */
export type Position = string

/** The record of an id that counts. */
export interface FirstRecord {
  position: Position
  partition: Partition
  envelope: EventEnvelope
}

export interface Appended {
  /**
   * `appended`: this record is the first of its id.
   * `repeated`: the id was there with the same body; nothing new counts.
   * `conflicting`: the id was there with another body; the log keeps this one for the desk, the first stands.
   */
  outcome: 'appended' | 'repeated' | 'conflicting'
  first: FirstRecord
}

export interface LogRecord {
  position: Position
  /**
   * True for the one record of its id that counts, whatever its clock says: the one that `append` answers with.
   * The others are copies of it or other bodies under its id.
   */
  first: boolean
  envelope: EventEnvelope
}

interface ReadOptions {
  /** Ends the iteration quietly. */
  signal: AbortSignal
  /** Records per batch at the most; default 1,000. */
  maxRecords?: number
  /** False: end at the tail instead of waiting there. Default true. */
  follow?: boolean
}

/** One partition that this process has for a group until the signal says otherwise. */
export interface Ownership {
  partition: Partition
  /** Fencing token: orders as text, and is greater than that of every owner before. */
  epoch: string
  /** Aborted when the partition must be let go: another member takes it, or this one was taken for dead. */
  signal: AbortSignal
}

export interface ShareOptions {
  /** Ends the membership: the work is told to end, is waited for, and what it had is handed over at once. */
  signal: AbortSignal
  /**
   * Runs for as long as its partition is owned; must end soon after the ownership's signal. When it ends before, it is begun again
   * under a later epoch by whoever is next. A rejection ends the membership.
   */
  work: (ownership: Ownership) => Promise<void>
}

/** A record of another log, to be kept as it is. */
export type RestoredRecord = Pick<LogRecord, 'envelope'>

/**
 * The durable event log: every write is in it before it is answered; Postgres and Redis are folded from it.
 * Two adapters (SQLite, Kafka) pass one conformance suite.
 */
export interface EventLog {
  /** Identity of this log, made with it: a projection of another log is refused. */
  readonly logId: string
  /**
   * Durable before it resolves; all or none of one call's events of one partition. Stamps clock, region, node, seq and hash.
   * Throws LogUnavailableError when surely nothing was written, IndeterminateError when that is not known.
   */
  append<T extends EventType>(events: readonly NewEvent<T>[]): Promise<Appended[]>
  /** The first record of an id; null when this node knows of none (its index may be behind on a cluster). */
  find(topic: Topic, id: string): Promise<FirstRecord | null>
  partitions(topic: Topic): Promise<Partition[]>
  /** Batches in order after `after` (null: from the start); at the tail waits for more. Never an empty batch. */
  read(partition: Partition, after: Position | null, options: ReadOptions): AsyncIterable<LogRecord[]>
  /** Position of the newest record; null when the partition is empty. */
  end(partition: Partition): Promise<Position | null>
  /** Records after a position up to the tail: the lag of a consumer. */
  countAfter(partition: Partition, after: Position | null): Promise<number>
  /** Counts per topic for `log:status`. */
  statistics(topic: Topic): Promise<{ events: number; distinctIds: number; conflicts: number }>
  /** A reactor's cursor: kept by the log, outside of everything that is rebuilt. */
  loadCursor(consumer: string, partition: Partition): Promise<Position | null>
  /** With the epoch of an ownership: throws FencedError, and changes nothing, once a later owner has saved. */
  saveCursor(consumer: string, partition: Partition, position: Position, epoch?: string): Promise<void>
  /**
   * Shares the partitions of topics among all processes that do so under the same group: each is worked on by one of them.
   * A member that dies loses its partitions to the others within 10 s, one that leaves at once.
   * Resolves after the signal, when all work has ended; rejects when work does, or when the log cannot be reached for good.
   */
  share(group: string, topics: readonly Topic[], options: ShareOptions): Promise<void>
  /**
   * Keeps records of another log with their own clock, origin and hash, in the order given; durable before it resolves.
   * One that is here already (id and body) is passed over, so that a copy may be begun again.
   * @returns how many were written
   */
  restore(topic: Topic, records: readonly RestoredRecord[]): Promise<number>
  /** Waits for what is under way, then lets go of every resource. */
  close(): Promise<void>
}
