import type { Topic } from '../../../domain/event.ts'
import { DiskSet } from './disk-set.ts'
import type { EventLog, Partition, Position } from './event-log.ts'
import { envelopeKey } from './topic-digest.ts'

/** `at-end`: nothing is left to do; `behind`: as much of it is left; `none`: the consumer never ran. */
export type CursorCopy = 'at-end' | 'behind' | 'none'

/**
 * Gives a consumer its place in a log that was copied. One that was at the end of the source stands at the end of the target;
 * one that was behind stands before the first record of each partition that it has not seen: where the order
 * changed on the way, it meets some again.
 */
export async function copyCursor(from: EventLog, to: EventLog, consumer: string, topic: Topic, signal: AbortSignal): Promise<CursorCopy> {
  const unseen = new DiskSet()
  try {
    let ran = false
    for (const partition of await from.partitions(topic)) {
      const cursor = await from.loadCursor(consumer, partition)
      if (cursor !== null) ran = true
      for await (const records of from.read(partition, cursor, { signal, follow: false })) unseen.add(records.map(({ envelope }) => envelopeKey(envelope)))
      signal.throwIfAborted()
    }
    if (!ran) return 'none'
    for (const partition of await to.partitions(topic)) {
      const position = unseen.size === 0 ? await to.end(partition) : await placeBefore(to, partition, unseen, signal)
      if (position !== null) await to.saveCursor(consumer, partition, position)
    }
    return unseen.size === 0 ? 'at-end' : 'behind'
  } finally {
    unseen.close()
  }
}

/** The record before the first of those; null when there is none before it. */
async function placeBefore(log: EventLog, partition: Partition, unseen: DiskSet, signal: AbortSignal): Promise<Position | null> {
  let before: Position | null = null
  for await (const records of log.read(partition, null, { signal, follow: false })) {
    for (const { position, envelope } of records) {
      if (unseen.has(envelopeKey(envelope))) return before
      before = position
    }
  }
  signal.throwIfAborted()
  return before
}
