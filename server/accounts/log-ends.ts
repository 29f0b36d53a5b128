import type { Topic } from '../../domain/event.ts'
import type { EventLog, Partition, Position } from '../platform/event-log/event-log.ts'

/** Where each partition of a topic ended when it was asked. */
export type LogEnds = (readonly [partition: Partition, end: Position | null])[]

export async function logEnds(log: Pick<EventLog, 'partitions' | 'end'>, topic: Topic): Promise<LogEnds> {
  const partitions = await log.partitions(topic)
  return Promise.all(partitions.map(async (partition) => [partition, await log.end(partition)] as const))
}

/** @param positions of a store, one for each end */
export async function hasAll(log: Pick<EventLog, 'countAfter'>, ends: LogEnds, positions: readonly (Position | null)[]): Promise<boolean> {
  const has = await Promise.all(ends.map(([partition, end], index) => reaches(log, partition, positions[index] ?? null, end)))
  return has.every(Boolean)
}

async function reaches(log: Pick<EventLog, 'countAfter'>, partition: Partition, position: Position | null, end: Position | null): Promise<boolean> {
  if (end === null || position === end) return true
  if (position === null) return false
  // Counted in this order: what is appended between the two makes the store look further behind, never ahead.
  const afterEnd = await log.countAfter(partition, end)
  return (await log.countAfter(partition, position)) <= afterEnd
}
