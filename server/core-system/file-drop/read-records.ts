import { open } from 'node:fs/promises'
import { CoreAnswerError } from '../core-errors.ts'

const CHUNK_BYTES = 262_144
const MAX_RECORD_BYTES = 65_536
const NEWLINE = 0x0a
const QUOTE = 0x22

export interface FileRecord {
  /** Without its line end. */
  bytes: Buffer
  /** Where the next one begins. */
  end: number
  /** False of a last one without a line end: it may be half of one that is still being written. */
  terminated: boolean
}

/**
 * The records of a file from a byte offset on, a chunk's at a time. Constant memory.
 * @param options.quoted CSV: a line end between quotes ends no record
 * @throws CoreAnswerError for a record of more than 65,536 bytes
 */
export async function* readRecords(path: string, from: number, options: { quoted: boolean }): AsyncGenerator<FileRecord[]> {
  const file = await open(path)
  try {
    let held = Buffer.alloc(0)
    let heldFrom = from
    /** Of the held bytes: looked through already, with no end of a record among them. */
    let seen = 0
    let inQuotes = false
    for (let position = from; ;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position)
      if (bytesRead === 0) break
      position += bytesRead
      const bytes = Buffer.concat([held, buffer.subarray(0, bytesRead)])
      const records: FileRecord[] = []
      let begin = 0
      while (seen < bytes.length) {
        const newline = bytes.indexOf(NEWLINE, seen)
        const end = newline === -1 ? bytes.length : newline
        if (options.quoted && hasOddQuotes(bytes.subarray(seen, end))) inQuotes = !inQuotes
        seen = newline === -1 ? end : end + 1
        if (newline === -1 || inQuotes) continue
        records.push({ bytes: bytes.subarray(begin, newline), end: heldFrom + seen, terminated: true })
        begin = seen
      }
      if (records.length > 0) yield records
      held = bytes.subarray(begin)
      heldFrom += begin
      seen -= begin
      if (held.length > MAX_RECORD_BYTES) throw new CoreAnswerError(`A row of more than ${MAX_RECORD_BYTES} bytes at byte ${heldFrom}: a quote that is never closed, or lines without an end`)
    }
    if (held.length > 0) yield [{ bytes: held, end: heldFrom + held.length, terminated: false }]
  } finally {
    await file.close()
  }
}

function hasOddQuotes(bytes: Buffer): boolean {
  let odd = false
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) odd = !odd
  return odd
}
