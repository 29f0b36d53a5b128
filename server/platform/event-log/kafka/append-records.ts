import type { EventEnvelope } from '../../../../domain/event.ts'
import { IndeterminateError } from '../../errors.ts'
import type { Partition } from '../event-log.ts'
import type { StampedEvent } from '../stamp-events.ts'
import type { LogIndex } from './log-index.ts'
import type { OpenPartition } from './open-topic.ts'
import { PendingRecord, recordName, type Outcome } from './pending-record.ts'

export interface AppendAnswer extends Outcome {
  partition: Partition
  /** The record as it was sent; null for one that was not. */
  own: EventEnvelope | null
}

/**
 * Puts events into the lanes of their partitions and waits until each was read back. What this process knows to be in the
 * log is not written again: copies are answered from the index, or wait for the record that is on its way.
 * Throws RangeError when a call's events are too large for one batch, LogUnavailableError when surely nothing was written, IndeterminateError when that is not known.
 */
export async function appendRecords(events: readonly StampedEvent[], places: ReadonlyMap<Partition, OpenPartition>, index: LogIndex): Promise<AppendAnswer[]> {
  const groups = new Map<Partition, PendingRecord[]>()
  const names = new Map<string, PendingRecord>()
  const waiting = events.map((event) => {
    const { topic, partition, envelope } = event
    const name = recordName(envelope)
    const onItsWay = names.get(name) ?? places.get(partition)!.tail.pending.get(name)
    if (onItsWay) return onItsWay.answer.then((outcome) => repeated(partition, outcome))
    const known = index.find(topic, envelope.id)
    if (known?.bodyHash === envelope.bodyhash) return answered(known.partition, 'repeated', known.offset)
    if (known && index.hasConflict(topic, envelope.id, envelope.bodyhash)) return answered(known.partition, 'conflicting', known.offset)
    const record = new PendingRecord(event)
    names.set(name, record)
    const group = groups.get(partition)
    if (group) group.push(record)
    else groups.set(partition, [record])
    return record.answer.then((outcome): AppendAnswer => ({ ...outcome, partition, own: envelope }))
  })
  for (const [partition, records] of groups) places.get(partition)!.lane.requireRoom(records)
  for (const [partition, records] of groups) places.get(partition)!.lane.add(records)
  const settled = await Promise.allSettled(waiting)
  const refusals = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []))
  if (refusals.length === 0) return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const unsure = refusals.find((error) => error instanceof IndeterminateError)
  if (unsure) throw unsure
  const added = settled.some((one) => one.status === 'fulfilled' && one.value.added)
  throw added ? new IndeterminateError(`A part of the call is in the event log: ${refusals[0]!.message}`) : refusals[0]
}

function repeated(partition: Partition, { outcome, firstOffset }: Outcome): AppendAnswer {
  return { outcome: outcome === 'appended' ? 'repeated' : outcome, firstOffset, added: false, partition, own: null }
}

async function answered(partition: Partition, outcome: Outcome['outcome'], firstOffset: number): Promise<AppendAnswer> {
  return { outcome, firstOffset, added: false, partition, own: null }
}
