import { IndeterminateError, LogUnavailableError } from '../../errors.ts'
import type { Partition, Position } from '../event-log.ts'
import { FencedError } from '../fenced-error.ts'
import { CursorFold, cursorKey } from './cursor-topic-fold.ts'
import type { KafkaClient, KeyedValue, Produced } from './kafka-client.ts'
import { KAFKA_CODE } from './kafka-failure.ts'

const WITHIN_MS = 10_000
const READ_BOUND_MS = 3_000
const FETCH_WAIT_MS = 250
const FETCH_BYTES = 512 * 1024
const SAVES_PER_SEND = 500
/** Each on a connection of its own: a fetch that waits would hold up the sends behind it. */
const [SEND_LANE, READ_LANE] = ['cursor-saves', 'cursor-reads']

export interface CursorTopic {
  /** The position that counts at this moment. Throws LogUnavailableError. */
  load(consumer: string, partition: Partition): Promise<Position | null>
  /** The greatest epoch under which the cursor was saved; null when there is none. Throws LogUnavailableError. */
  epoch(consumer: string, partition: Partition): Promise<string | null>
  /** Resolves when it was read back. Throws FencedError once a later epoch has saved; LogUnavailableError, IndeterminateError. */
  save(consumer: string, partition: Partition, position: Position, epoch?: string): Promise<void>
  /** Waits for what is under way; later calls throw LogUnavailableError. The client stays open. */
  close(): Promise<void>
}

export interface CursorTopicOptions {
  client: KafkaClient
  /** Kafka's name of a compacted topic with one partition, which is there. */
  topic: string
  /** How long a save is tried, milliseconds; default 10,000. */
  withinMs?: number
}

interface Save {
  /** Unique: how it is known again when it is read back. */
  name: string
  consumer: string
  partition: Partition
  epoch: string | null
  record: KeyedValue
  deadlineMs: number
  /** True once it was in a send that was not surely refused. */
  perhapsWritten: boolean
  done: PromiseWithResolvers<void>
}

/** Cursors and owners in a compacted topic: small, so that all of it is folded here and only what is new is read. */
export function openCursorTopic({ client, topic, withinMs = WITHIN_MS }: CursorTopicOptions): CursorTopic {
  const fold = new CursorFold()
  const readBoundMs = Math.min(READ_BOUND_MS, withinMs)
  let reading: Promise<void> | null = null
  const queue: Save[] = []
  let sending: Promise<void> | null = null
  let closed = false

  async function readSome(): Promise<void> {
    const view = await client.topic(topic)
    const leader = view?.partitions[0]?.leader ?? -1
    if (!view || leader < 0) throw new Error(`${topic} has no leader`)
    const [fetched] = await client.fetch(leader, view, [{ partition: 0, offset: fold.next }], { lane: READ_LANE, maxWaitMs: FETCH_WAIT_MS, maxBytes: FETCH_BYTES })
    if (!fetched || fetched.code !== KAFKA_CODE.none) throw new Error(`Kafka error ${fetched?.code ?? 'without a code'}`)
    fold.take(fetched)
  }

  /** Until all before `offset` is folded. Callers share what is under way, so that records are folded once and in order. */
  async function readTo(offset: number, boundMs: number): Promise<void> {
    const deadlineMs = performance.now() + boundMs
    while (fold.next < offset) {
      if (performance.now() > deadlineMs) throw new LogUnavailableError('The cursors cannot be read up to their end')
      reading ??= client.patiently(boundMs, readSome).finally(() => {
        reading = null
      })
      await reading
    }
  }

  async function readToEnd(boundMs: number): Promise<void> {
    await readTo(await client.highWatermark(topic, 0, boundMs), boundMs)
  }

  /** One send at a time, with all that has gathered meanwhile. The queue must not be empty. */
  async function sendAll(): Promise<void> {
    let tries = 0
    while (queue.length > 0) {
      const batch = queue.splice(0, SAVES_PER_SEND)
      await sendBatch(batch)
      const left = batch.filter((save) => !settled(save))
      queue.unshift(...left)
      if (left.length === 0) tries = 0
      else await client.pause(++tries)
    }
    // In the same turn as the last look at the queue: a save that comes a turn later starts anew.
    sending = null
  }

  async function sendBatch(batch: readonly Save[]): Promise<void> {
    const garbage = fold.outdated().map((key): KeyedValue => ({ key: Buffer.from(key), value: null }))
    const produced = await client.produce(topic, 0, [...batch.map(({ record }) => record), ...garbage], SEND_LANE)
    if (produced.kind === 'refused') return
    for (const save of batch) save.perhapsWritten = true
    await readBack(produced, batch.length).catch(() => undefined)
  }

  /** An acknowledgement alone is not believed: what counts is what the topic has. */
  function readBack(produced: Exclude<Produced, { kind: 'refused' }>, count: number): Promise<void> {
    return produced.kind === 'written' ? readTo(produced.offset + count, readBoundMs) : readToEnd(readBoundMs)
  }

  function settled({ name, consumer, partition, epoch, deadlineMs, perhapsWritten, done }: Save): boolean {
    const verdict = fold.verdict(name)
    if (verdict === 'taken') done.resolve()
    else if (verdict === 'fenced' || fold.isFenced(consumer, partition, epoch)) done.reject(new FencedError(`${consumer} of ${partition} has a later owner`))
    else if (performance.now() <= deadlineMs) return false
    else if (perhapsWritten) done.reject(new IndeterminateError(`The cursor of ${consumer} may have been saved or not`))
    else done.reject(new LogUnavailableError(`The cursor of ${consumer} cannot be saved`))
    fold.forget(name)
    return true
  }

  function requireOpen(): void {
    if (closed) throw new LogUnavailableError('The event log is closed')
  }

  return {
    async load(consumer, partition) {
      requireOpen()
      await readToEnd(withinMs)
      return fold.position(consumer, partition)
    },
    async epoch(consumer, partition) {
      requireOpen()
      await readToEnd(withinMs)
      return fold.epoch(consumer, partition)
    },
    async save(consumer, partition, position, epoch) {
      requireOpen()
      const name = crypto.randomUUID()
      const record = { key: Buffer.from(cursorKey(consumer, partition, epoch)), value: Buffer.from(JSON.stringify({ position, save: name })) }
      const save: Save = {
        name, consumer, partition, epoch: epoch ?? null, record, perhapsWritten: false,
        deadlineMs: performance.now() + withinMs, done: Promise.withResolvers(),
      }
      fold.expect(name)
      if (!settled(save)) {
        queue.push(save)
        sending ??= sendAll()
      }
      await save.done.promise
    },
    async close() {
      closed = true
      await sending
      await reading?.catch(() => undefined)
    },
  }
}
