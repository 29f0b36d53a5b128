import { hash } from 'node:crypto'
import type { EventEnvelope, Topic } from '../../../domain/event.ts'
import { DiskSet } from './disk-set.ts'
import type { EventLog, LogRecord, Partition, Position } from './event-log.ts'
import { verifyRecord } from './verify-record.ts'

export interface TopicDigest {
  /** All that stand there; a log may hold copies of one and the same. */
  records: number
  /** Distinct ids. */
  firsts: number
  /** Other bodies under an id that is taken. */
  conflicts: number
  /** The same for the same firsts and conflicts in any order and any partitions; hexadecimal, 64 digits. */
  digest: string
}

const BATCH_RECORDS = 1_000

type Readable = Pick<EventLog, 'partitions' | 'read'>

/** Every record of a topic up to the tail, or what comes after a place, partition by partition. Throws when the signal is aborted. */
export async function* readTopic(log: Readable, topic: Topic, signal: AbortSignal, after: (partition: Partition) => Position | null = () => null): AsyncIterable<LogRecord[]> {
  for (const partition of await log.partitions(topic)) {
    yield* log.read(partition, after(partition), { signal, follow: false, maxRecords: BATCH_RECORDS })
    signal.throwIfAborted()
  }
}

/** SHA-256 of all that an envelope says: of `data` by its own hash, so that it stands for that only once verifyRecord has looked. */
export function envelopeKey({ data: _data, ...head }: EventEnvelope): Buffer {
  return hash('sha256', JSON.stringify(head), 'buffer')
}

/**
 * What a topic amounts to for those who fold it, in constant memory: the firsts with all that they say, and the conflicts by
 * id and body. Every record is compared with its own hash. Throws CorruptRecordError.
 */
export async function digestTopic(log: Readable, topic: Topic, signal: AbortSignal, onRead: (records: number) => void = () => undefined): Promise<TopicDigest> {
  const sum = new DigestSum()
  const others = new DiskSet()
  let [records, firsts] = [0, 0]
  try {
    for await (const batch of readTopic(log, topic, signal)) {
      for (const record of batch) {
        verifyRecord(record)
        if (record.first) sum.add(envelopeKey(record.envelope))
        if (record.first) firsts++
      }
      others.add(batch.filter(({ first }) => !first).map(({ envelope }) => bodyKey(envelope)))
      records += batch.length
      onRead(batch.length)
    }
    // What says the same as the first is a copy and no conflict.
    if (others.size > 0) {
      for await (const batch of readTopic(log, topic, signal)) others.delete(batch.filter(({ first }) => first).map(({ envelope }) => bodyKey(envelope)))
    }
    for (const key of others.keys()) sum.add(hash('sha256', key, 'buffer'))
    return { records, firsts, conflicts: others.size, digest: sum.hex() }
  } finally {
    others.close()
  }
}

function bodyKey({ id, bodyhash }: EventEnvelope): Buffer {
  return hash('sha256', `${id.toLowerCase()} ${bodyhash}`, 'buffer')
}

/** Adds up hashes as eight numbers of 32 bits: the order does not matter, and two equal ones do not cancel out. */
class DigestSum {
  readonly #lanes = new Uint32Array(8)

  add(sha256: Buffer): void {
    for (let lane = 0; lane < 8; lane++) this.#lanes[lane]! += sha256.readUInt32BE(lane * 4)
  }

  hex(): string {
    return [...this.#lanes].map((lane) => lane.toString(16).padStart(8, '0')).join('')
  }
}
