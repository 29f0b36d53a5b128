import type { Logger } from '../../logger.ts'
import { IndeterminateError, LogUnavailableError } from '../../errors.ts'
import type { KafkaClient, Produced } from './kafka-client.ts'
import { KAFKA_CODE } from './kafka-failure.ts'
import type { PartitionTail } from './partition-tail.ts'
import type { PendingRecord } from './pending-record.ts'

const SEND_RECORDS = 500
const SEND_BYTES = 900_000
/** Kafka's frame of a batch and of each record in it, at the most. */
const [BATCH_FRAME_BYTES, RECORD_FRAME_BYTES] = [128, 48]

/** Trying again changes nothing. */
const FINAL: ReadonlySet<number> = new Set([KAFKA_CODE.topicAuthorizationFailed, KAFKA_CODE.clusterAuthorizationFailed, KAFKA_CODE.policyViolation, KAFKA_CODE.invalidRecord])
const TOO_LARGE: ReadonlySet<number> = new Set([KAFKA_CODE.messageTooLarge, KAFKA_CODE.recordListTooLarge])

/** Records of one call, which go in one batch: all of them or none. */
interface Group {
  records: PendingRecord[]
  bytes: number
  /** True once a send of it has ended without a word that nothing was written. */
  doubtful: boolean
  sending: boolean
  /** Offset after its last record, as a broker has said; null before. */
  writtenTo: number | null
  reason: string
  timer: NodeJS.Timeout
}

export interface SendLaneOptions {
  client: Pick<KafkaClient, 'produce' | 'pause'>
  /** Name of the topic at the brokers. */
  topic: string
  tail: Pick<PartitionTail, 'partition' | 'number' | 'pending' | 'told' | 'onAdvance'>
  /** Largest batch that the brokers take. */
  batchBytes: number
  /** How long a call's records are tried and waited for, milliseconds. */
  boundMs: number
  logger?: Logger
}

/**
 * The one way into a partition: one send at a time, so that the partition has the records in the order of the queue. An
 * acknowledgement settles nothing, reading back does; what was acknowledged and is not there is sent again.
 */
export class SendLane {
  readonly #options: SendLaneOptions
  readonly #groups = new Set<Group>()
  #queue: Group[] = []
  #running = false
  /** So many sends take one call each: together they were too large. */
  #singly = 0
  #waiting = 0

  constructor(options: SendLaneOptions) {
    this.#options = options
    options.tail.onAdvance = () => this.#sendLostAgain()
  }

  /** Records that wait to be sent or read back. */
  get waiting(): number {
    return this.#waiting
  }

  /** Throws RangeError when no batch can hold records of one call. */
  requireRoom(records: readonly PendingRecord[]): void {
    const { batchBytes } = this.#options
    const bytes = bytesOf(records)
    if (bytes > batchBytes) throw new RangeError(`${records.length} events of one call have ${bytes} bytes; the event log takes ${batchBytes} at once`)
  }

  /** Puts records of one call into the queue, to be written in one batch. */
  add(records: PendingRecord[]): void {
    const { tail, boundMs } = this.#options
    const group: Group = {
      records, bytes: bytesOf(records), doubtful: false, sending: false, writtenTo: null, reason: 'no broker answered',
      timer: setTimeout(() => this.#expire(group), boundMs),
    }
    for (const record of records) tail.pending.set(record.name, record)
    this.#groups.add(group)
    this.#waiting += records.length
    void Promise.allSettled(records.map(({ answer }) => answer)).then(() => this.#remove(group))
    this.#queue.push(group)
    this.#runSoon()
  }

  #runSoon(): void {
    if (this.#running) return
    this.#running = true
    // What the same turn of the event loop brings goes together.
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    for (let failures = 0; ; ) {
      this.#queue = this.#queue.filter(isOpen)
      const batch = this.#take()
      if (batch.length === 0) break
      const produced = await this.#send(batch)
      if (produced.kind === 'written') {
        failures = 0
        continue
      }
      for (const group of batch) group.reason = produced.reason
      if (produced.kind === 'refused' && (FINAL.has(produced.code) || (TOO_LARGE.has(produced.code) && batch.length === 1))) {
        for (const group of batch) this.#fail(group)
        continue
      }
      if (produced.kind === 'refused' && TOO_LARGE.has(produced.code)) this.#singly = batch.length
      this.#queue.unshift(...batch)
      await this.#options.client.pause(++failures)
    }
    this.#running = false
  }

  async #send(batch: readonly Group[]): Promise<Produced> {
    const { client, topic, tail } = this.#options
    for (const group of batch) group.sending = true
    const produced = await client.produce(topic, tail.number, batch.flatMap(({ records }) => records), `sends to ${tail.partition}`)
    let offset = produced.kind === 'written' ? produced.offset : 0
    for (const group of batch) {
      group.sending = false
      if (produced.kind === 'unknown') group.doubtful = true
      if (produced.kind !== 'written') continue
      group.doubtful = true
      offset += group.records.length
      group.writtenTo = offset
    }
    this.#sendLostAgain()
    return produced
  }

  #take(): Group[] {
    let [count, records, bytes] = [0, 0, 0]
    const singly = this.#singly > 0
    if (singly) this.#singly--
    for (const group of this.#queue) {
      if (count > 0 && (singly || records + group.records.length > SEND_RECORDS || bytes + group.bytes > SEND_BYTES)) break
      count++
      records += group.records.length
      bytes += group.bytes
    }
    return this.#queue.splice(0, count)
  }

  /** Groups that a broker has acknowledged, and that are not where it said. */
  #sendLostAgain(): void {
    const { tail, logger } = this.#options
    for (const group of this.#groups) {
      if (group.writtenTo === null || tail.told < group.writtenTo || !isOpen(group)) continue
      if (group.records.every(({ settled, readAt }) => settled || readAt !== null)) continue
      logger?.warn({ partition: tail.partition, before: group.writtenTo }, 'Kafka acknowledged records that are not in the log; they are sent again')
      group.writtenTo = null
      this.#queue.push(group)
      this.#runSoon()
    }
  }

  #expire(group: Group): void {
    group.doubtful ||= group.sending
    this.#fail(group)
  }

  #fail(group: Group): void {
    const reason = `${this.#options.tail.partition}: ${group.reason}`
    const error = group.doubtful
      ? new IndeterminateError(`The event log may have written it or not: ${reason}`)
      : new LogUnavailableError(`The event log cannot write: ${reason}`)
    for (const record of group.records) if (!record.settled) record.fail(error)
  }

  #remove(group: Group): void {
    clearTimeout(group.timer)
    if (!this.#groups.delete(group)) return
    this.#waiting -= group.records.length
    const { pending } = this.#options.tail
    for (const record of group.records) if (pending.get(record.name) === record) pending.delete(record.name)
  }
}

function bytesOf(records: readonly PendingRecord[]): number {
  return records.reduce((sum, { key, value }) => sum + key.length + value.length + RECORD_FRAME_BYTES, BATCH_FRAME_BYTES)
}

function isOpen({ records }: Group): boolean {
  return records.some(({ settled }) => !settled)
}
