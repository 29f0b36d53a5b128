import type { Partition, Position } from '../platform/event-log/event-log.ts'

/** One record of the log, and the report that it changed: null when nothing at the desk did. */
export interface ToldRecord {
  partition: Partition
  position: Position
  reportId: string | null
}

/** What was told last, bounded: a listener that comes back soon is told from here what it missed. */
export class DeskRing {
  readonly #most: number
  readonly #lists = new Map<Partition, { before: Position | null; records: ToldRecord[] }>()

  /** @param start where nothing was told yet @param most records of each partition */
  constructor(start: ReadonlyMap<Partition, Position | null>, most: number) {
    this.#most = most
    for (const [partition, before] of start) this.#lists.set(partition, { before, records: [] })
  }

  add(record: ToldRecord): void {
    const list = this.#lists.get(record.partition)!
    list.records.push(record)
    // By halves: to take one from the front for each that comes would move them all each time.
    if (list.records.length <= 2 * this.#most) return
    const gone = list.records.splice(0, this.#most)
    list.before = gone.at(-1)!.position
  }

  /** Reports that changed after a position; null when that is not known here: too long ago, or not told here yet. */
  changedAfter(partition: Partition, position: Position | null): (string | null)[] | null {
    const list = this.#lists.get(partition)
    if (!list) return null
    if (position === list.before) return list.records.map(({ reportId }) => reportId)
    const at = list.records.findLastIndex((record) => record.position === position)
    return at === -1 ? null : list.records.slice(at + 1).map(({ reportId }) => reportId)
  }
}
