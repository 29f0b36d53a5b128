import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../../platform/hash.ts'
import { coreChangeSchema, type CoreChange } from '../core-answers.ts'
import { CoreGoneError, CoreUnavailableError } from '../core-errors.ts'
import type { CoreChanges } from '../core-system.ts'
import { jsonRow } from './file-rows.ts'
import { readRecords } from './read-records.ts'

const FILE = /^changes-(\d{1,12})\.ndjson$/
const CURSOR = /^(\d{1,12})-(\d{1,15})(-end)?$/
const ALL = Number.MAX_SAFE_INTEGER

interface Place {
  file: number
  offset: number
  /** All of the file had been read: it may be gone. */
  atEnd: boolean
}

/**
 * Changes of the inbox: `changes-<n>.ndjson`, numbered without a gap, a change a line. A file may grow until the next
 * one stands there; a last line without its end is waited for until then.
 */
export class ChangeFiles {
  readonly #inbox: string

  constructor(inbox: string) {
    this.#inbox = inbox
  }

  /**
   * @throws CoreGoneError when what follows `since` was taken away unread
   * @throws CoreUnavailableError while a number is missing between others
   */
  async after(since: string, limit: number): Promise<CoreChanges> {
    const changes: CoreChange[] = []
    let place = placeOf(since)
    let more = false
    while (!more) {
      const numbers = await this.#numbers()
      const read = await this.#read(place, limit - changes.length, !numbers.includes(place.file + 1))
      changes.push(...read.changes)
      ;({ place, more } = read)
      if (more || !numbers.some((number) => number > place.file)) break
      if (!place.atEnd) {
        // What was read before the gap counts; the next call meets it alone.
        if (changes.length > 0) break
        throw gapAfter(place, numbers)
      }
      place = { file: place.file + 1, offset: 0, atEnd: false }
    }
    const next = cursorOf(place)
    return { changes, next, more, etag: sha256(`${since} ${next} ${more}`) }
  }

  /** What became of one account since then; null when no change is about it. */
  async newestOf(accountNumber: string, since: string): Promise<CoreChange | null> {
    const sought = (change: CoreChange) => (change.type === 'closed' ? change.accountNumber : (change.account as { accountNumber?: unknown } | null)?.accountNumber)
    const { changes } = await this.after(since, ALL)
    return changes.findLast((change) => sought(change) === accountNumber) ?? null
  }

  async #read(place: Place, limit: number, isLast: boolean): Promise<{ changes: CoreChange[]; place: Place; more: boolean }> {
    const path = join(this.#inbox, `changes-${place.file}.ndjson`)
    const size = await stat(path).then(({ size }) => size, ifMissing)
    if (size === null) {
      if (place.offset > 0 && !place.atEnd) throw new CoreGoneError('A file of changes was taken away before its end was read')
      return { changes: [], place, more: false }
    }
    if (size < place.offset) throw new CoreGoneError('A file of changes is no longer the same')
    const changes: CoreChange[] = []
    let { offset } = place
    for await (const records of readRecords(path, offset, { quoted: false })) {
      for (const { bytes, end, terminated } of records) {
        if (!terminated && isLast) return { changes, place: { file: place.file, offset, atEnd: false }, more: false }
        if (bytes.toString().trim() !== '') {
          if (changes.length === limit) return { changes, place: { file: place.file, offset, atEnd: false }, more: true }
          changes.push(changeOf(bytes))
        }
        offset = end
      }
    }
    return { changes, place: { file: place.file, offset, atEnd: true }, more: false }
  }

  async #numbers(): Promise<number[]> {
    return (await readdir(this.#inbox)).flatMap((name) => Number(FILE.exec(name)?.[1] ?? Number.NaN)).filter((number) => !Number.isNaN(number))
  }
}

function gapAfter({ file }: Place, numbers: readonly number[]): Error {
  if (Math.min(...numbers) > file) return new CoreGoneError('A file of changes was taken away unread')
  return new CoreUnavailableError('A file of changes is missing between others', { kind: 'missing-changes', throttled: true })
}

/** A line that says nothing clear is handed on as a row that is none: it is rejected by itself. */
function changeOf(line: Buffer): CoreChange {
  const parsed = coreChangeSchema.safeParse(jsonRow(line))
  return parsed.success ? parsed.data : { type: 'upsert', account: null }
}

function placeOf(cursor: string): Place {
  const match = CURSOR.exec(cursor)
  if (!match) throw new CoreGoneError('This is no cursor of a file of changes')
  return { file: Number(match[1]), offset: Number(match[2]), atEnd: match[3] !== undefined }
}

function cursorOf({ file, offset, atEnd }: Place): string {
  return `${file}-${offset}${atEnd ? '-end' : ''}`
}

function ifMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
