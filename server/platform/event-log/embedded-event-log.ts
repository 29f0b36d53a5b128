import { setImmediate as nextTick } from 'node:timers/promises'
import { systemRandom, type Clock, type Random } from '../../../domain/clock.ts'
import { TOPICS, type EventEnvelope, type NewEvent, type Topic } from '../../../domain/event.ts'
import { ClockSkewError, HybridClock } from '../../../domain/hybrid-clock.ts'
import { isCommandId } from '../../../domain/uuid.ts'
import { LogUnavailableError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Appended, EventLog, FirstRecord, LogRecord, Partition, Position } from './event-log.ts'
import { leasesOf } from './commit-share.ts'
import { openReaderFile, sqliteCode } from './log-file.ts'
import { LogTail } from './log-tail.ts'
import { idBytes, LogWriter } from './log-writer.ts'
import { newestHlcOf, restoredEvents } from './restored-events.ts'
import { processMark } from './process-mark.ts'
import { ShareMembership } from './share-membership.ts'
import { createStamper, type StampedEvent } from './stamp-events.ts'

const BUSY_BOUND_MS = 4_000
const ANSWER_BOUND_MS = 10_000
const DEFAULT_BATCH_RECORDS = 1_000

export interface EmbeddedEventLogOptions {
  /** Absolute path of the log's file; made when there is none. */
  path: string
  clock: Clock
  region: string
  node: string
  logger?: Logger
  random?: Random
  /** How long other processes' commits are waited for, milliseconds. */
  busyBoundMs?: number
  /** When an unanswered commit is called indeterminate, milliseconds. */
  answerBoundMs?: number
  /** Upper bound of the file in pages of 4 kB. */
  maxPages?: number
}

/**
 * The event log in one SQLite file, shared by the processes of one machine (docs/decisions/001). One partition per topic.
 * Throws LogUnavailableError when the file cannot be opened.
 */
export async function openEmbeddedEventLog(options: EmbeddedEventLogOptions): Promise<EventLog> {
  const { path, clock, region, node, logger, random = systemRandom, maxPages } = options
  const { busyBoundMs = BUSY_BOUND_MS, answerBoundMs = ANSWER_BOUND_MS } = options
  const hybridClock = new HybridClock(clock, (aheadMs) => logger?.error({ aheadMs }, 'an event is ahead of this clock'))
  const writer = new LogWriter({ path, busyBoundMs, answerBoundMs, maxPages, logger, onCommit: () => tail.wakeAll() })
  const { logId, newestHlc } = await writer.open()
  if (newestHlc !== null) hybridClock.seed(newestHlc)

  const stamper = createStamper({ clock, hybridClock, random, region, node, partitionOf })
  const database = openReaderFile(path)
  const tail = new LogTail(database)
  const closing = new AbortController()
  const closed = new AbortController()
  const memberships = new Set<Promise<void>>()
  let members = 0
  const selectFirst = database.prepare('SELECT position, envelope FROM records WHERE topic = ? AND id = ? AND conflict = 0')
  const selectBatch = database.prepare('SELECT position, conflict, envelope FROM records WHERE topic = ? AND position > ? ORDER BY position LIMIT ?')
  const selectTally = database.prepare('SELECT records, conflicts FROM topics WHERE topic = ?')
  const selectCursor = database.prepare('SELECT position FROM cursors WHERE consumer = ? AND partition = ?')

  const selectGeneration = database.prepare('SELECT generation FROM share_groups WHERE share_group = ?')
  const selectLeases = database.prepare('SELECT partition, owner, epoch FROM share_leases WHERE share_group = ?')

  function reading<T>(read: () => T): T {
    if (closed.signal.aborted) throw new LogUnavailableError('The event log is closed')
    try {
      return read()
    } catch (error) {
      if (sqliteCode(error) === null) throw error
      throw new LogUnavailableError(`The event log cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }

  function stamp(events: readonly NewEvent[]): StampedEvent[] {
    for (const { id } of events) if (!isCommandId(id)) throw new TypeError(`Not a UUID of version 5 or 7: ${id}`)
    try {
      return stamper.stamp(events)
    } catch (error) {
      if (error instanceof ClockSkewError) throw new LogUnavailableError(error.message, { cause: error })
      throw error
    }
  }

  function tallyOf(topic: Topic): { records: number; conflicts: number } {
    const row = reading(() => selectTally.get(topic))
    return { records: Number(row?.['records'] ?? 0), conflicts: Number(row?.['conflicts'] ?? 0) }
  }

  return {
    logId,
    async append(events) {
      if (events.length === 0) return []
      const stamped = stamp(events)
      const { positions, existing } = await writer.write({ events: stamped })
      const appended = stamped.map(({ partition, envelope }, index): Appended => {
        return { outcome: 'appended', first: { position: String(positions[index]), partition, envelope } }
      })
      for (const { index, outcome, position, envelope } of existing) {
        const { partition } = stamped[index]!
        appended[index] = { outcome, first: { partition, ...storedOf({ position, envelope }) } }
      }
      return appended
    },
    async find(topic, id): Promise<FirstRecord | null> {
      if (!isCommandId(id)) return null
      const row = reading(() => selectFirst.get(topic, idBytes(id)))
      if (!row) return null
      const found = { partition: partitionOf(topic), ...storedOf(row) }
      hybridClock.observe(found.envelope.hlc)
      return found
    },
    partitions: async (topic) => [partitionOf(topic)],
    async *read(partition, after, { signal: callerSignal, maxRecords = DEFAULT_BATCH_RECORDS, follow = true }) {
      const signal = AbortSignal.any([callerSignal, closed.signal])
      const topic = topicOf(partition)
      let last = numberOf(after)
      while (!signal.aborted) {
        const version = reading(() => tail.version())
        const batch = reading(() => selectBatch.all(topic, last, maxRecords)).map((row): LogRecord => ({ first: row['conflict'] === 0, ...storedOf(row) }))
        if (batch.length > 0) {
          last = numberOf(batch.at(-1)!.position)
          hybridClock.observe(batch.reduce((newest, { envelope: { hlc } }) => (hlc > newest ? hlc : newest), '0'.repeat(16)))
          yield batch
          // A long catch-up must leave its process room for other work between two batches.
          await nextTick()
        } else if (follow) await tail.change(version, signal)
        else return
      }
      // Without `follow` an end means the tail: a log that was closed on the way must not look like a shorter one.
      if (!follow && !callerSignal.aborted) reading(() => undefined)
    },
    async end(partition) {
      const { records } = tallyOf(topicOf(partition))
      return records === 0 ? null : String(records)
    },
    countAfter: async (partition, after) => Math.max(0, tallyOf(topicOf(partition)).records - numberOf(after)),
    async statistics(topic) {
      const { records, conflicts } = tallyOf(topic)
      return { events: records, distinctIds: records - conflicts, conflicts }
    },
    async loadCursor(consumer, partition) {
      const row = reading(() => selectCursor.get(consumer, partition))
      return row ? String(row['position']) : null
    },
    async saveCursor(consumer, partition, position, epoch) {
      topicOf(partition)
      numberOf(position)
      await writer.write({ cursors: [{ consumer, partition, position, epoch }] })
    },
    async share(group, topics, { signal, work }) {
      if (closing.signal.aborted) throw new LogUnavailableError('The event log is closed')
      const membership = new ShareMembership({
        group, clock, logger, work,
        signal: AbortSignal.any([signal, closing.signal]),
        member: `${stamper.node}.${++members}`,
        mark: processMark(),
        partitions: topics.map(partitionOf),
        step: async (step) => (await writer.write({ shares: [step] })).views[0]!,
        look: () => reading(() => ({ generation: Number(selectGeneration.get(group)?.['generation'] ?? 0), leases: leasesOf(selectLeases.all(group)) })),
      }).run()
      memberships.add(membership)
      await membership.finally(() => memberships.delete(membership))
    },
    async restore(topic, records) {
      if (records.length === 0) return 0
      const events = restoredEvents(topic, partitionOf, records)
      const { positions } = await writer.write({ events })
      hybridClock.observe(newestHlcOf(events))
      return positions.filter((position) => position > 0).length
    },
    async close() {
      closing.abort()
      await Promise.allSettled(memberships)
      await writer.close()
      if (closed.signal.aborted) return
      closed.abort()
      database.close()
    },
  }
}

function storedOf(row: Record<string, unknown>): Pick<LogRecord, 'position' | 'envelope'> {
  return { position: String(row['position']), envelope: JSON.parse(String(row['envelope'])) as EventEnvelope }
}

function partitionOf(topic: Topic): Partition {
  return `${topic}/0`
}

function topicOf(partition: Partition): Topic {
  const topic = TOPICS.find((name) => partitionOf(name) === partition)
  if (topic === undefined) throw new TypeError(`This log has no partition ${partition}`)
  return topic
}

/** Records are counted from 1 within a topic; before the first is 0. */
function numberOf(position: Position | null): number {
  if (position === null) return 0
  const number = Number(position)
  if (!Number.isSafeInteger(number) || number < 1) throw new TypeError(`Not a position of this log: ${position}`)
  return number
}
