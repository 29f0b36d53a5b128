import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ImportFileError } from './import-file-error.ts'

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf])
const SNIFF_BYTES = 512
const NEWLINE = 0x0a

/**
 * The bytes of a customer file, unpacked when they are gzip, without a byte-order mark, and checked to be UTF-8.
 * Constant memory. Throws ImportFileError for UTF-16, other encodings, and gzip that is cut off or damaged.
 * @param name as it is shown in messages
 */
export async function* cleanBytes(source: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const packed = await peek(source)
  const plain = packed.head.subarray(0, 2).equals(GZIP_MAGIC) ? await peek(unzip(packed.all, name)) : packed
  try {
    refuseUtf16(plain.head, name)
    if (plain.head.length === 0) throw new ImportFileError(`${name} is empty.`)
    yield* checkUtf8(plain.all, name)
  } finally {
    await plain.all.return(undefined)
    await packed.all.return(undefined)
  }
}

async function peek(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; all: AsyncGenerator<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < SNIFF_BYTES) {
    const next = await iterator.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head, all: all() }
}

async function* unzip(source: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const packed = Readable.from(source)
  const gunzip = createGunzip()
  packed.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of packed.pipe(gunzip)) yield chunk as Buffer
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'Z_BUF_ERROR') throw new ImportFileError(`${name} is gzip that is cut off: copy or make it again.`)
    if (code?.startsWith('Z_')) throw new ImportFileError(`${name} is gzip that is damaged (${(error as Error).message}): copy or make it again.`)
    throw error
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
}

function refuseUtf16(head: Buffer, name: string): void {
  const first = head.readUInt16BE.bind(head)
  const marked = head.length >= 2 && (first(0) === 0xfffe || first(0) === 0xfeff)
  const zeros = [0, 0]
  for (let index = 0; index < head.length; index++) if (head[index] === 0) zeros[index % 2]!++
  const unmarked = head.length >= 4 && Math.max(...zeros) > head.length / 5 && Math.min(...zeros) < head.length / 50
  if (!marked && !unmarked) return
  const from = marked ? 'UTF-16' : zeros[0]! > zeros[1]! ? 'UTF-16BE' : 'UTF-16LE'
  throw new ImportFileError(
    `${name} is UTF-16; Stormdoor reads UTF-8. Convert it with\n  iconv -f ${from} -t UTF-8 ${name} > customers-utf8.csv\nor in a spreadsheet: "Save as", "CSV UTF-8".`,
  )
}

async function* checkUtf8(source: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  let lines = 0
  let started = false
  for await (const chunk of source) {
    let bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk
    const end = bytes.length - unfinishedBytes(bytes)
    held = Buffer.from(bytes.subarray(end))
    bytes = bytes.subarray(0, end)
    if (!isUtf8(bytes)) throw notUtf8(name, lines + lineOfFault(bytes))
    lines += countNewlines(bytes)
    if (!started && bytes.length > 0) {
      started = true
      if (bytes.subarray(0, 3).equals(UTF8_BOM)) bytes = bytes.subarray(3)
    }
    if (bytes.length > 0) yield bytes
  }
  if (held.length > 0) throw notUtf8(name, lines + 1)
}

/** Bytes at the end that begin a character which the next chunk may finish: 0 to 3. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

function lineOfFault(bytes: Buffer): number {
  let line = 1
  for (let start = 0; start <= bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    if (!isUtf8(bytes.subarray(start, end))) return line
    start = end + 1
  }
  return line
}

function countNewlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

function notUtf8(name: string, line: number): ImportFileError {
  return new ImportFileError(
    `${name} is not valid UTF-8 (line ${line}). If it is Windows text, convert it with\n  iconv -f WINDOWS-1252 -t UTF-8 ${name} > customers-utf8.csv`,
  )
}
