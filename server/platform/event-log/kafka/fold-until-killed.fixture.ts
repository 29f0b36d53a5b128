import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { systemClock } from '../../../../domain/clock.ts'
import { formatUuid } from '../../../../domain/uuid.ts'
import type { Partition } from '../event-log.ts'
import { openLogIndex, type IndexedRecord } from './log-index.ts'

export const PARTITIONS: readonly Partition[] = ['outages/0', 'outages/1', 'accounts/0']
export const LOG_ID = 'folded until killed'
/** Ids come again within so many, so that there are copies and conflicts enough. */
const IDS = 400
const DAY_MS = 86_400_000

/** What stands at an offset of a partition: the same in every process. Offset 7, 17, … is a gap, as a transaction leaves one. */
export function recordAt(partition: Partition, offset: number): IndexedRecord | null {
  if (offset % 10 === 7) return null
  const chance = createHash('sha256').update(`${partition} ${offset}`).digest()
  const within = Math.floor(offset / IDS) * IDS + (chance.readUInt16BE(0) % IDS)
  const id = formatUuid(createHash('sha256').update(`${partition} id ${within}`).digest(), 5)
  const bodyHash = createHash('sha256').update(chance[2]! < 200 ? id : `${id} ${chance[2]! % 2}`).digest('base64url')
  return { offset, id, bodyHash, timeMs: Date.UTC(2026, 0, 1) + offset * 60_000 + (chance[3]! % 2) * DAY_MS }
}

export function recordsOf(partition: Partition, from: number, to: number): IndexedRecord[] {
  return Array.from({ length: to - from }, (_, index) => recordAt(partition, from + index)).filter((record) => record !== null)
}

/** Folds on from where the file stands, in batches of all sizes, until it is killed; says so by a line for each. Argument: the file. */
function foldUntilKilled(path: string): never {
  const index = openLogIndex({ path, logId: LOG_ID, keepMs: DAY_MS, clock: systemClock })
  for (let round = 0; ; round++) {
    const partition = PARTITIONS[round % PARTITIONS.length]!
    const from = index.next(partition)
    const to = from + 1 + ((round * 37) % 211)
    index.fold(partition, recordsOf(partition, from, to), to)
    writeSync(1, `${partition} ${to}\n`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) foldUntilKilled(process.argv[2]!)
