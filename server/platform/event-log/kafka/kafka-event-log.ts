import { systemRandom, type Clock, type Random } from '../../../../domain/clock.ts'
import { eventTypes, TOPICS, type EventEnvelope, type Topic } from '../../../../domain/event.ts'
import { ClockSkewError, HybridClock } from '../../../../domain/hybrid-clock.ts'
import { isCommandId } from '../../../../domain/uuid.ts'
import { LogUnavailableError } from '../../errors.ts'
import type { Logger } from '../../logger.ts'
import type { Appended, EventLog, FirstRecord, Partition, Position } from '../event-log.ts'
import { newestHlcOf, restoredEvents } from '../restored-events.ts'
import { createStamper } from '../stamp-events.ts'
import { appendRecords } from './append-records.ts'
import { openCursorTopic } from './cursor-topic.ts'
import { ensureTopic, type EnsuredTopic } from './ensure-topic.ts'
import { KafkaClient } from './kafka-client.ts'
import type { KafkaSettings } from './kafka-url.ts'
import { openLogIndex } from './log-index.ts'
import { openTopic, type OpenPartition, type OpenTopic } from './open-topic.ts'
import { readPartition } from './read-partition.ts'
import { partitionOfKey, storedRecord } from './stored-record.ts'

const APPEND_BOUND_MS = 10_000
const CATCH_UP_BOUND_MS = 600_000
const ASK_BOUND_MS = 10_000
const WAITING_RECORDS = 50_000
const DEFAULT_BATCH_RECORDS = 1_000
const RESTORED_AT_ONCE = 500

export interface KafkaEventLogOptions {
  settings: KafkaSettings
  /** Absolute path of the local index, ending in `.sqlite`; null: in memory. */
  indexPath: string | null
  clock: Clock
  region: string
  node: string
  logger?: Logger
  random?: Random
  /** When an unanswered append is given up, milliseconds. */
  appendBoundMs?: number
}

/**
 * The event log in Apache Kafka, shared by the processes of many machines. An append is answered once this process has read
 * its record back below the high watermark; the first record of an id is the one with the lowest offset.
 * Throws LogUnavailableError when the brokers cannot be reached or promise too little.
 */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const { settings, clock, region, node, logger, random = systemRandom, appendBoundMs = APPEND_BOUND_MS } = options
  const client = new KafkaClient(`stormdoor-${node}`, settings)
  const { view: logTopic } = await ensureTopic(client, `${settings.prefix}.log`, 'cursors', logger).catch(async (error: unknown) => {
    await client.close()
    throw error
  })
  const index = openLogIndex({ path: options.indexPath, logId: logTopic.id, clock, logger })
  const cursors = openCursorTopic({ client, topic: logTopic.name })
  const hybridClock = new HybridClock(clock, (aheadMs) => logger?.error({ aheadMs }, 'an event is ahead of this clock'))
  const ensured = new Map<Topic, Promise<EnsuredTopic>>()
  const opened = new Map<Topic, Promise<OpenTopic>>()
  const counts = new Map<Topic, number>()
  const underWay = new Set<Promise<unknown>>()
  const closing = new AbortController()
  const closed = new AbortController()
  let finished: Promise<void> | null = null

  const stamper = createStamper({
    clock, hybridClock, random, region, node,
    partitionOf: (topic, key) => `${topic}/${partitionOfKey(key, counts.get(topic)!)}`,
  })

  function requireOpen(): void {
    if (closing.signal.aborted) throw new LogUnavailableError('The event log is closed')
  }

  /** Once per topic; a failure is tried again by the next caller. */
  function once<T>(all: Map<Topic, Promise<T>>, topic: Topic, make: () => Promise<T>): Promise<T> {
    const before = all.get(topic)
    if (before) return before
    const made = make()
    all.set(topic, made)
    made.catch(() => all.delete(topic))
    return made
  }

  function ensure(topic: Topic): Promise<EnsuredTopic> {
    return once(ensured, topic, () => ensureTopic(client, `${settings.prefix}.${topic}`, 'records', logger))
  }

  function use(topic: Topic): Promise<OpenTopic> {
    return once(opened, topic, async () => {
      const promised = await ensure(topic)
      counts.set(topic, promised.view.partitions.length)
      return openTopic({ client, topic, ensured: promised, index, hybridClock, appendBoundMs, signal: closed.signal, logger })
    })
  }

  async function placeOf(partition: Partition): Promise<OpenPartition> {
    const [topic, number] = parted(partition)
    const place = (await use(topic)).partitions[number]
    if (!place) throw new TypeError(`This log has no partition ${partition}`)
    return place
  }

  async function recordAt({ tail, fetch, partition }: OpenPartition, offset: number): Promise<FirstRecord> {
    const envelope = tail.recent(offset) ?? (await fetched(fetch, offset))
    if (!envelope) throw new LogUnavailableError(`${partition} has no event at ${offset} any more`)
    hybridClock.observe(envelope.hlc)
    return { position: String(offset), partition, envelope }
  }

  async function endOf(partition: Partition): Promise<number> {
    requireOpen()
    const [topic, number] = parted(partition)
    const { view } = await ensure(topic)
    if (!view.partitions[number]) throw new TypeError(`This log has no partition ${partition}`)
    return client.highWatermark(view.name, number, ASK_BOUND_MS)
  }

  /** Waits until the index knows all that the topic has now. */
  async function catchUp(topic: Topic): Promise<OpenTopic> {
    const all = await use(topic)
    const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(CATCH_UP_BOUND_MS)])
    for (const { partition, tail } of all.partitions) {
      const end = await endOf(partition)
      while (tail.folded < end && tail.failure === null && !signal.aborted) await tail.change(end - 1, signal)
      if (tail.folded < end) throw new LogUnavailableError(`The index of ${partition} is behind: ${tail.failure ?? 'it takes too long'}`)
    }
    return all
  }

  function tracked<T>(work: () => Promise<T>): Promise<T> {
    if (closing.signal.aborted) return Promise.reject(new LogUnavailableError('The event log is closed'))
    const running = work().finally(() => underWay.delete(running))
    underWay.add(running)
    return running
  }

  return {
    logId: logTopic.id,
    append(events) {
      return tracked(async () => {
        for (const { id } of events) if (!isCommandId(id)) throw new TypeError(`Not a UUID of version 5 or 7: ${id}`)
        const topics = [...new Set(events.map(({ type }) => eventTypes[type].topic))]
        const places = new Map((await Promise.all(topics.map(use))).flatMap(({ partitions }) => partitions.map((place) => [place.partition, place])))
        let waiting = events.length
        for (const { lane } of places.values()) waiting += lane.waiting
        if (waiting > WAITING_RECORDS && waiting > events.length) throw new LogUnavailableError('Too many records are waiting for the event log')
        let stamped
        try {
          stamped = stamper.stamp(events)
        } catch (error) {
          if (error instanceof ClockSkewError) throw new LogUnavailableError(error.message, { cause: error })
          throw error
        }
        const answers = await appendRecords(stamped, places, index)
        return Promise.all(answers.map(async ({ outcome, partition, firstOffset, own }): Promise<Appended> => {
          if (outcome === 'appended' && own) return { outcome, first: { position: String(firstOffset), partition, envelope: own } }
          return { outcome, first: await recordAt(places.get(partition)!, firstOffset) }
        }))
      })
    },
    async find(topic, id) {
      requireOpen()
      if (!isCommandId(id)) return null
      await use(topic)
      const found = index.find(topic, id)
      return found && recordAt(await placeOf(found.partition), found.offset)
    },
    async partitions(topic) {
      requireOpen()
      return (await ensure(topic)).view.partitions.map((_, number): Partition => `${topic}/${number}`)
    },
    async *read(partition, after, { signal: callerSignal, maxRecords = DEFAULT_BATCH_RECORDS, follow = true }) {
      requireOpen()
      const from = after === null ? 0 : offsetOf(after) + 1
      const { tail, fetch } = await placeOf(partition)
      const signal = AbortSignal.any([callerSignal, closing.signal])
      for await (const batch of readPartition({ tail, index, from, maxRecords, follow, signal, fetch, highWatermark: () => endOf(partition) })) {
        hybridClock.observe(newestHlcOf(batch))
        yield batch
      }
      // Without `follow` an end means the tail: a log that was closed on the way must not look like a shorter one.
      if (!follow && !callerSignal.aborted) requireOpen()
    },
    async end(partition) {
      const end = await endOf(partition)
      return end === 0 ? null : String(end - 1)
    },
    async countAfter(partition, after) {
      const end = await endOf(partition)
      return Math.max(0, end - (after === null ? 0 : offsetOf(after) + 1))
    },
    async statistics(topic) {
      requireOpen()
      const { partitions } = await catchUp(topic)
      const tallies = partitions.map(({ partition }) => index.tally(partition))
      const events = tallies.reduce((sum, { records }) => sum + records, 0)
      const conflicts = tallies.reduce((sum, tally) => sum + tally.conflicts, 0)
      return { events, distinctIds: events - conflicts, conflicts }
    },
    async loadCursor(consumer, partition) {
      parted(partition)
      return cursors.load(consumer, partition)
    },
    async saveCursor(consumer, partition, position, epoch) {
      parted(partition)
      offsetOf(position)
      await cursors.save(consumer, partition, position, epoch)
    },
    async share() {
      throw new LogUnavailableError('not yet')
    },
    restore(topic, records) {
      return tracked(async () => {
        if (records.length === 0) return 0
        const places = new Map((await catchUp(topic)).partitions.map((place) => [place.partition, place]))
        const events = restoredEvents(topic, (_, key) => `${topic}/${partitionOfKey(key, counts.get(topic)!)}`, records)
        hybridClock.observe(newestHlcOf(events))
        let written = 0
        for (let start = 0; start < events.length; start += RESTORED_AT_ONCE) {
          const answers = await appendRecords(events.slice(start, start + RESTORED_AT_ONCE), places, index)
          written += answers.filter(({ added }) => added).length
        }
        return written
      })
    },
    close() {
      finished ??= (async () => {
        closing.abort()
        await Promise.allSettled([...underWay, cursors.close()])
        closed.abort()
        await client.close()
        const topics = await Promise.allSettled(opened.values())
        await Promise.all(topics.flatMap((topic) => (topic.status === 'fulfilled' ? [topic.value.close()] : [])))
        index.close()
      })()
      return finished
    },
  }
}

async function fetched(fetch: OpenPartition['fetch'], offset: number): Promise<EventEnvelope | null> {
  const [record] = (await fetch(offset)).records
  return record?.offset === offset ? (storedRecord(record)?.envelope ?? null) : null
}

function parted(partition: Partition): [Topic, number] {
  const [name, number] = partition.split('/')
  const topic = TOPICS.find((one) => one === name)
  if (topic === undefined || !/^\d+$/.test(number ?? '')) throw new TypeError(`This log has no partition ${partition}`)
  return [topic, Number(number)]
}

/** Positions are Kafka's offsets, from 0. */
function offsetOf(position: Position): number {
  if (!/^\d{1,16}$/.test(position) || !Number.isSafeInteger(Number(position))) throw new TypeError(`Not a position of this log: ${position}`)
  return Number(position)
}
