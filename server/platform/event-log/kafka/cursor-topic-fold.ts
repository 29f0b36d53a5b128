import type { Partition, Position } from '../event-log.ts'
import type { FetchedPartition, FetchedRecord } from './kafka-client.ts'

interface Saved {
  position: Position
  offset: number
}

interface Cursor {
  /** Saved without an epoch, by plain tools. */
  plain: Saved | null
  /** The last save under each epoch that the topic still has. */
  byEpoch: Map<string, Saved>
  /** Never goes back. */
  newestEpoch: string
}

/** Kafka's key of a cursor's record. */
export function cursorKey(consumer: string, partition: Partition, epoch?: string): string {
  return JSON.stringify(epoch === undefined ? [consumer, partition] : [consumer, partition, epoch])
}

/**
 * Cursors as the topic has them. A later epoch counts, whatever a former owner writes after it; a save without an epoch
 * counts as the last one. The epoch is part of the record's key: else compaction would keep a former owner's late record,
 * being the newest of its key, and drop the one that counts. Two nodes, and one before and after compaction, fold the same.
 */
export class CursorFold {
  readonly #cursors = new Map<string, Cursor>()
  readonly #expected = new Map<string, 'waiting' | 'taken' | 'fenced'>()
  readonly #outdated = new Set<string>()
  #next = 0

  /** Offset of the next record to be folded. */
  get next(): number {
    return this.#next
  }

  /** A save whose record is to be watched for. */
  expect(name: string): void {
    this.#expected.set(name, 'waiting')
  }

  verdict(name: string): 'waiting' | 'taken' | 'fenced' {
    return this.#expected.get(name) ?? 'waiting'
  }

  forget(name: string): void {
    this.#expected.delete(name)
  }

  /** Records that follow on, in order. */
  take({ records, next }: Pick<FetchedPartition, 'records' | 'next'>): void {
    for (const record of records) this.#takeOne(record)
    this.#next = next
  }

  #takeOne({ offset, key, value }: FetchedRecord): void {
    const parts = keyOf(key)
    if (!parts) return
    const [consumer, partition, epoch] = parts
    const cursor = this.#of(consumer, partition)
    if (value === null) {
      if (epoch === undefined) cursor.plain = null
      else cursor.byEpoch.delete(epoch)
      this.#outdated.delete(cursorKey(consumer, partition, epoch))
      return
    }
    const saved = savedOf(value)
    if (!saved) return
    const taken = epoch === undefined || epoch >= cursor.newestEpoch
    if (epoch === undefined) cursor.plain = { position: saved.position, offset }
    else {
      cursor.byEpoch.set(epoch, { position: saved.position, offset })
      if (taken) cursor.newestEpoch = epoch
    }
    if (!this.#expected.has(saved.name)) return
    this.#expected.set(saved.name, taken ? 'taken' : 'fenced')
    if (epoch !== undefined && taken) for (const older of cursor.byEpoch.keys()) if (older < epoch) this.#outdated.add(cursorKey(consumer, partition, older))
  }

  position(consumer: string, partition: Partition): Position | null {
    const { plain, byEpoch, newestEpoch } = this.#of(consumer, partition)
    const owned = byEpoch.get(newestEpoch)
    if (!plain || !owned) return (plain ?? owned)?.position ?? null
    return (plain.offset > owned.offset ? plain : owned).position
  }

  epoch(consumer: string, partition: Partition): string | null {
    return this.#of(consumer, partition).newestEpoch || null
  }

  isFenced(consumer: string, partition: Partition, epoch: string | null): boolean {
    return epoch !== null && epoch < this.#of(consumer, partition).newestEpoch
  }

  /** Keys of former owners, under which nothing counts any more since this process saved under a later epoch. */
  outdated(): string[] {
    return [...this.#outdated]
  }

  #of(consumer: string, partition: Partition): Cursor {
    const key = cursorKey(consumer, partition)
    const found = this.#cursors.get(key)
    if (found) return found
    const cursor: Cursor = { plain: null, byEpoch: new Map(), newestEpoch: '' }
    this.#cursors.set(key, cursor)
    return cursor
  }
}

function keyOf(key: Buffer | null): [consumer: string, partition: Partition, epoch?: string] | null {
  const parts = parsed(key)
  if (!Array.isArray(parts) || parts.length < 2 || parts.length > 3 || !parts.every((part) => typeof part === 'string')) return null
  return parts as [string, Partition, string?]
}

function savedOf(value: Buffer): { position: Position; name: string } | null {
  const saved = parsed(value) as { position?: unknown; save?: unknown } | null
  return typeof saved?.position === 'string' ? { position: saved.position, name: String(saved.save) } : null
}

/** Null for what is no JSON: this topic is Stormdoor's own, but anybody with the right can write to it. */
function parsed(bytes: Buffer | null): unknown {
  try {
    return bytes && JSON.parse(bytes.toString())
  } catch {
    return null
  }
}
