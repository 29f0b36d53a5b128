import { systemRandom, type Clock, type Random } from '../../../../domain/clock.ts'
import { eventTypes, type NewEvent } from '../../../../domain/event.ts'
import { ClockSkewError, HybridClock } from '../../../../domain/hybrid-clock.ts'
import { isCommandId } from '../../../../domain/uuid.ts'
import { LogUnavailableError } from '../../errors.ts'
import type { Logger } from '../../logger.ts'
import type { Appended, EventLog, Partition, Position } from '../event-log.ts'
import { newestHlcOf, restoredEvents } from '../restored-events.ts'
import { createStamper, type StampedEvent } from '../stamp-events.ts'
import { appendRecords } from './append-records.ts'
import { openCursorTopic } from './cursor-topic.ts'
import { ensureTopic } from './ensure-topic.ts'
import { KafkaClient } from './kafka-client.ts'
import type { KafkaSettings } from './kafka-url.ts'
import { openLogIndex } from './log-index.ts'
import type { OpenPartition, OpenTopic } from './open-topic.ts'
import { OpenTopics, parted } from './open-topics.ts'
import { sharePartitions } from './partition-share.ts'
import { readPartition } from './read-partition.ts'

const APPEND_BOUND_MS = 10_000
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
  /** One after the other: memberships end; nothing new is taken and readers end; everything is let go of. */
  const [closing, shut, closed] = [new AbortController(), new AbortController(), new AbortController()]
  const topics = new OpenTopics({ client, cursors, index, hybridClock, appendBoundMs, signal: closed.signal, logger })
  const stamper = createStamper({ clock, hybridClock, random, region, node, partitionOf: (topic, key) => topics.partitionOf(topic, key) })
  const memberships = new Set<Promise<void>>()
  const underWay = new Set<Promise<unknown>>()
  let finished: Promise<void> | null = null

  function requireOpen(): void {
    if (shut.signal.aborted) throw new LogUnavailableError('The event log is closed')
  }

  /** Closing waits for it. */
  async function tracked<T>(work: () => Promise<T>): Promise<T> {
    requireOpen()
    const running = work().finally(() => underWay.delete(running))
    underWay.add(running)
    return running
  }

  function stamp(events: readonly NewEvent[]): StampedEvent[] {
    try {
      return stamper.stamp(events)
    } catch (error) {
      if (error instanceof ClockSkewError) throw new LogUnavailableError(error.message, { cause: error })
      throw error
    }
  }

  async function append(events: readonly NewEvent[]): Promise<Appended[]> {
    for (const { id } of events) if (!isCommandId(id)) throw new TypeError(`Not a UUID of version 5 or 7: ${id}`)
    const names = [...new Set(events.map(({ type }) => eventTypes[type].topic))]
    const places = placesOf(await Promise.all(names.map((name) => topics.use(name))))
    const waiting = [...places.values()].reduce((sum, { lane }) => sum + lane.waiting, 0)
    if (waiting > 0 && waiting + events.length > WAITING_RECORDS) throw new LogUnavailableError('Too many records are waiting for the event log')
    const answers = await appendRecords(stamp(events), places, index)
    return Promise.all(answers.map(async ({ outcome, partition, firstOffset, own }): Promise<Appended> => {
      if (outcome === 'appended' && own) return { outcome, first: { position: String(firstOffset), partition, envelope: own } }
      return { outcome, first: await topics.record(places.get(partition)!, firstOffset) }
    }))
  }

  return {
    logId: logTopic.id,
    append: (events) => tracked(() => append(events)),
    async find(topic, id) {
      requireOpen()
      if (!isCommandId(id)) return null
      await topics.use(topic)
      const found = index.find(topic, id)
      return found && topics.record(await topics.place(found.partition), found.offset)
    },
    async partitions(topic) {
      requireOpen()
      return topics.partitions(topic)
    },
    async *read(partition, after, { signal: callerSignal, maxRecords = DEFAULT_BATCH_RECORDS, follow = true }) {
      requireOpen()
      const from = after === null ? 0 : offsetOf(after) + 1
      const { tail, fetch } = await topics.place(partition)
      const signal = AbortSignal.any([callerSignal, shut.signal])
      const batches = readPartition({ tail, index, from, maxRecords, follow, signal, fetch, highWatermark: () => topics.end(partition) })
      for await (const batch of batches) {
        hybridClock.observe(newestHlcOf(batch))
        yield batch
      }
      // Without `follow` an end means the tail: a log that was closed on the way must not look like a shorter one.
      if (!follow && !callerSignal.aborted) requireOpen()
    },
    async end(partition) {
      requireOpen()
      const end = await topics.end(partition)
      return end === 0 ? null : String(end - 1)
    },
    async countAfter(partition, after) {
      requireOpen()
      const from = after === null ? 0 : offsetOf(after) + 1
      return Math.max(0, (await topics.end(partition)) - from)
    },
    async statistics(topic) {
      requireOpen()
      const { partitions } = await topics.caughtUp(topic)
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
    async share(group, names, { signal, work }) {
      if (closing.signal.aborted) throw new LogUnavailableError('The event log is closed')
      const partitions = (await Promise.all(names.map((name) => topics.partitions(name)))).flat()
      const membership = sharePartitions({
        client, cursors, hybridClock, node: stamper.node, group, partitions, clock, logger, work,
        signal: AbortSignal.any([signal, closing.signal]),
      })
      memberships.add(membership)
      await membership.finally(() => memberships.delete(membership))
    },
    restore: (topic, records) => tracked(async () => {
      if (records.length === 0) return 0
      const places = placesOf([await topics.caughtUp(topic)])
      const events = restoredEvents(topic, (name, key) => topics.partitionOf(name, key), records)
      hybridClock.observe(newestHlcOf(events))
      let written = 0
      for (let start = 0; start < events.length; start += RESTORED_AT_ONCE) {
        const answers = await appendRecords(events.slice(start, start + RESTORED_AT_ONCE), places, index)
        written += answers.filter(({ added }) => added).length
      }
      return written
    }),
    close() {
      finished ??= (async () => {
        closing.abort()
        await Promise.allSettled(memberships)
        shut.abort()
        await Promise.allSettled([...underWay, cursors.close()])
        closed.abort()
        await client.close()
        await topics.close()
        index.close()
      })()
      return finished
    },
  }
}

function placesOf(topics: readonly OpenTopic[]): Map<Partition, OpenPartition> {
  return new Map(topics.flatMap(({ partitions }) => partitions.map((place) => [place.partition, place])))
}

/** Positions are Kafka's offsets, from 0. */
function offsetOf(position: Position): number {
  if (!/^\d{1,16}$/.test(position) || !Number.isSafeInteger(Number(position))) throw new TypeError(`Not a position of this log: ${position}`)
  return Number(position)
}
