import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { Clock } from '../../../../domain/clock.ts'
import type { Topic } from '../../../../domain/event.ts'
import type { Logger } from '../../logger.ts'
import type { Partition } from '../event-log.ts'
import { openIndexFile, removeWhenDamaged } from './log-index-file.ts'

/** 90 days: longer than any phone keeps a report. */
const DEFAULT_KEEP_MS = 90 * 86_400_000
/** More than a fold brings, so that what is forgotten catches up with what comes in; and never a long pause. */
const FORGOTTEN_PER_RECORD = 2

export interface IndexedRecord {
  offset: number
  id: string
  /** base64url SHA-256 */
  bodyHash: string
  /** Of the record, milliseconds since the epoch. */
  timeMs: number
}

/** What the fold says of one record. */
interface FoldedRecord {
  /**
   * `first`: the record of its id that counts. `copy`: the first's body again.
   * `conflict`: another body; `known-conflict`: a copy of such a one.
   */
  standing: 'first' | 'copy' | 'conflict' | 'known-conflict'
  firstOffset: number
}

/** Which record of an id is the first, per partition: a function of the log alone, so all nodes fold the same. */
export interface LogIndex {
  /** The file taken; null in memory. */
  readonly path: string | null
  /** Offset of the next record to be folded; 0 at the beginning. */
  next(partition: Partition): number
  /**
   * Folds records in order and moves to `next`, in one transaction: a kill at any moment leaves all of it or nothing.
   * Throws RangeError when they do not follow on.
   */
  fold(partition: Partition, records: readonly IndexedRecord[], next: number): FoldedRecord[]
  /** First record of an id. */
  find(topic: Topic, id: string): { partition: Partition; offset: number; bodyHash: string } | null
  /** True when this other body of the id is in the log already. */
  hasConflict(topic: Topic, id: string, bodyHash: string): boolean
  /**
   * Offsets in [`from`, `to`) whose record is not the first of its id. Kept when the id itself is forgotten,
   * so that an old stretch of the log reads the same for ever.
   */
  notFirst(partition: Partition, from: number, to: number): Set<number>
  /** First records and conflicts; of these, conflicts. Copies are in neither, so both engines count alike. */
  tally(partition: Partition): { records: number; conflicts: number }
  close(): void
}

export interface LogIndexOptions {
  /** Absolute path ending in `.sqlite`; null: in memory. */
  path: string | null
  logId: string
  /**
   * An id is known for as long after its first record, by the partition's newest record time; default 90 days, longer than
   * any phone keeps a report. The same id after that is a first record again. Tallies stay.
   */
  keepMs?: number
  clock: Clock
  logger?: Logger
}

interface Place {
  number: number
  partition: Partition
  next: number
  records: number
  conflicts: number
  newestS: number
}

/**
 * The index that is folded from the log: id → first record. One SQLite file private to this process, or memory.
 * No source of truth: without its file everything is folded anew. A page cache of 16 MB is all it holds in memory.
 */
export function openLogIndex({ keepMs = DEFAULT_KEEP_MS, clock, ...file }: LogIndexOptions): LogIndex {
  const { database, path } = openIndexFile(file)
  const keepS = Math.ceil(keepMs / 1_000)
  const addId = database.prepare('INSERT INTO ids VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const moveId = database.prepare('UPDATE ids SET first = ? WHERE id = ? AND place = ?')
  const removeId = database.prepare('DELETE FROM ids WHERE id = ? AND place = ? AND first = ?')
  const addFirst = database.prepare('INSERT INTO firsts VALUES (?, ?, ?, ?, ?)')
  const removeFirst = database.prepare('DELETE FROM firsts WHERE place = ? AND first = ?')
  const selectOldest = database.prepare('SELECT first, id, time_s FROM firsts WHERE place = ? ORDER BY first LIMIT ?')
  const selectFirsts = database.prepare('SELECT place, first, body_hash, time_s FROM ids JOIN firsts USING (place, first) WHERE ids.id = ?')
  const addConflict = database.prepare('INSERT INTO conflicts VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const selectConflict = database.prepare('SELECT 1 FROM conflicts WHERE place = ? AND first = ? AND body_hash = ?')
  const removeConflicts = database.prepare('DELETE FROM conflicts WHERE place = ? AND first = ?')
  const addLater = database.prepare('INSERT INTO later VALUES (?, ?)')
  const selectLater = database.prepare('SELECT offset FROM later WHERE place = ? AND offset >= ? AND offset < ?')
  const savePlace = database.prepare('INSERT INTO places VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (place) DO UPDATE SET next = excluded.next, records = excluded.records, conflicts = excluded.conflicts, newest_s = excluded.newest_s')

  const places = new Map<Partition, Place>()
  for (const row of database.prepare('SELECT * FROM places ORDER BY place').all()) {
    const place = placeOf(row)
    places.set(place.partition, place)
  }

  function foldOne(place: Place, { offset, id, bodyHash, timeMs }: IndexedRecord, latestS: number): FoldedRecord {
    const [key, hash] = [idOf(id), hashOf(bodyHash)]
    const timeS = Math.floor(timeMs / 1_000)
    place.newestS = Math.max(place.newestS, Math.min(timeS, latestS))
    const fresh = addId.run(key, place.number, offset).changes === 1
    const known = fresh ? null : firstsOf(key, [place])[0]
    if (!known) {
      if (!fresh) moveId.run(offset, key, place.number)
      addFirst.run(place.number, offset, key, hash, timeS)
      place.records += 1
      return { standing: 'first', firstOffset: offset }
    }
    addLater.run(place.number, offset)
    if (bodyHash === known.bodyHash) return { standing: 'copy', firstOffset: known.offset }
    if (addConflict.run(place.number, known.offset, hash).changes === 0) return { standing: 'known-conflict', firstOffset: known.offset }
    place.records += 1
    place.conflicts += 1
    return { standing: 'conflict', firstOffset: known.offset }
  }

  /** In the log's order, so a record that claims a late time holds up those behind it; what is too old is not found all the same. */
  function forget(place: Place, most: number): void {
    for (const { first, id, time_s } of selectOldest.all(place.number, most)) {
      if (Number(time_s) >= place.newestS - keepS) return
      removeFirst.run(place.number, first!)
      removeConflicts.run(place.number, first!)
      removeId.run(id!, place.number, first!)
    }
  }

  function firstsOf(key: SQLInputValue, among: Iterable<Place>): { place: Place; offset: number; bodyHash: string }[] {
    const rows = selectFirsts.all(key)
    if (rows.length === 0) return []
    return [...among].flatMap((place) => {
      const row = rows.find((one) => one['place'] === place.number)
      if (!row || Number(row['time_s']) < place.newestS - keepS) return []
      return { place, offset: Number(row['first']), bodyHash: hashText(row['body_hash']) }
    })
  }

  const firstOf = (topic: Topic, id: string) =>
    firstsOf(idOf(id), places.values()).find(({ place }) => place.partition.startsWith(`${topic}/`)) ?? null

  function guarded<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      removeWhenDamaged(path, error)
      throw error
    }
  }

  return {
    path,
    next: (partition) => places.get(partition)?.next ?? 0,
    fold(partition, records, next) {
      const before = places.get(partition) ?? { number: places.size + 1, partition, next: 0, records: 0, conflicts: 0, newestS: 0 }
      requireOrder(before, records, next)
      const place = { ...before }
      const latestS = Math.floor(clock.nowMs() / 1_000)
      return guarded(() => {
        database.exec('BEGIN')
        try {
          const folded = records.map((record) => foldOne(place, record, latestS))
          forget(place, FORGOTTEN_PER_RECORD * records.length)
          savePlace.run(place.number, partition, next, place.records, place.conflicts, place.newestS)
          database.exec('COMMIT')
          places.set(partition, { ...place, next })
          return folded
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK')
          throw error
        }
      })
    },
    find(topic, id) {
      const found = guarded(() => firstOf(topic, id))
      return found && { partition: found.place.partition, offset: found.offset, bodyHash: found.bodyHash }
    },
    hasConflict: (topic, id, bodyHash) =>
      guarded(() => {
        const found = firstOf(topic, id)
        return found !== null && selectConflict.get(found.place.number, found.offset, hashOf(bodyHash)) !== undefined
      }),
    notFirst: (partition, from, to) =>
      guarded(() => new Set(selectLater.all(places.get(partition)?.number ?? 0, from, to).map((row) => Number(row['offset'])))),
    tally(partition) {
      const { records, conflicts } = places.get(partition) ?? { records: 0, conflicts: 0 }
      return { records, conflicts }
    },
    close: () => {
      if (database.isOpen) database.close()
    },
  }
}

function requireOrder({ partition, next: from }: Place, records: readonly IndexedRecord[], next: number): void {
  let least = from
  for (const { offset } of records) {
    if (offset < least) throw new RangeError(`${partition}: offset ${offset} was folded already; ${least} or later is next`)
    least = offset + 1
  }
  if (next < least) throw new RangeError(`${partition}: the fold cannot go on from ${next}; ${least} or later is next`)
}

function placeOf(row: Record<string, SQLOutputValue>): Place {
  const [number, next, records, conflicts, newestS] = ['place', 'next', 'records', 'conflicts', 'newest_s'].map((column) => Number(row[column]))
  return { number: number!, partition: String(row['partition']) as Partition, next: next!, records: records!, conflicts: conflicts!, newestS: newestS! }
}

function idOf(id: string): SQLInputValue {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  return id.length === 36 && bytes.length === 16 ? bytes : id
}

function hashOf(bodyHash: string): SQLInputValue {
  const bytes = Buffer.from(bodyHash, 'base64url')
  return bodyHash.length === 43 && bytes.length === 32 ? bytes : bodyHash
}

function hashText(stored: SQLOutputValue | undefined): string {
  return stored instanceof Uint8Array ? Buffer.from(stored).toString('base64url') : String(stored)
}
