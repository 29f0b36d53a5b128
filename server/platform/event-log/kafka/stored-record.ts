import { murmur2 } from '@platformatic/kafka'
import type { EventEnvelope } from '../../../../domain/event.ts'
import type { IndexedRecord } from './log-index.ts'

/** A record as it was read. */
export interface StoredRecord {
  offset: number
  envelope: EventEnvelope
  bytes: number
}

/** null for what is no event of ours: whoever may write into the topic must not be able to stop its readers. */
export function storedRecord({ offset, value }: { offset: number; value: Buffer | null }): StoredRecord | null {
  if (value === null) return null
  try {
    const envelope = JSON.parse(value.toString()) as Partial<EventEnvelope> | null
    const { id, bodyhash, hlc, node } = envelope ?? {}
    if (typeof id !== 'string' || typeof bodyhash !== 'string' || typeof node !== 'string' || !/^[0-9a-f]{16}$/.test(String(hlc))) return null
    return { offset, envelope: envelope as EventEnvelope, bytes: value.length }
  } catch {
    return null
  }
}

/** Its time is the clock's in the envelope, so that the index is a function of the log alone. */
export function indexedRecord({ offset, envelope }: StoredRecord): IndexedRecord {
  return { offset, id: envelope.id, bodyHash: envelope.bodyhash, timeMs: Number.parseInt(envelope.hlc.slice(0, 12), 16) }
}

/** The partition that Java's default partitioner chooses: other clients' tools find a key where we put it. */
export function partitionOfKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fff_ffff) % partitions
}
