import type { Topic } from '../../../domain/event.ts'
import { isCommandId } from '../../../domain/uuid.ts'
import type { Partition, RestoredRecord } from './event-log.ts'
import type { StampedEvent } from './stamp-events.ts'

/**
 * Records of another log as they are written into this one: with the clock, origin and hash that they came with.
 * Throws TypeError for an id that no log keeps.
 */
export function restoredEvents(topic: Topic, partitionOf: (topic: Topic, key: string) => Partition, records: readonly RestoredRecord[]): StampedEvent[] {
  return records.map(({ envelope }) => {
    if (!isCommandId(envelope.id)) throw new TypeError(`Not a UUID of version 5 or 7: ${envelope.id}`)
    // What JSON.stringify has written comes out of parse and stringify byte for byte, so that the hash still fits.
    return { topic, partition: partitionOf(topic, envelope.partitionkey), envelope, json: JSON.stringify(envelope) }
  })
}

/** The greatest of the records' clocks; they come in any order. */
export function newestHlcOf(events: readonly Pick<StampedEvent, 'envelope'>[]): string {
  return events.reduce((newest, { envelope: { hlc } }) => (hlc > newest ? hlc : newest), '')
}
