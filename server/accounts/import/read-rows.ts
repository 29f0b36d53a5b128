import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { CUSTOMER_COLUMNS, type CustomerColumn } from '../customer-columns.ts'
import { unguardCell } from '../formula-guard.ts'
import { checkHeader, refuseOtherDelimiter } from './check-header.ts'
import { ImportFileError } from './import-file-error.ts'

/** A row of more bytes than this is taken for a quote that is never closed, or a file without line ends. */
const MAX_ROW_BYTES = 65_536
const NEWLINE = 0x0a
const KNOWN: ReadonlySet<string> = new Set(CUSTOMER_COLUMNS)

/** One row as it stands in the file, before any of it is checked. */
export interface RawRow {
  /** Of the row's first line, from 1, the header counted. */
  line: number
  values: Partial<Record<CustomerColumn, unknown>>
  /** Why it cannot be a customer whatever its values are. */
  fault?: { field: string; reason: string }
}

/**
 * The rows of a customer file, CSV or NDJSON by its first character. Constant memory; rows that are blank throughout are left out.
 * @param bytes UTF-8 without a byte-order mark
 * @param name as it is shown in messages
 * @throws ImportFileError when the file as a whole cannot be read: nothing after that can be trusted
 */
export async function* readRows(bytes: AsyncGenerator<Buffer>, name: string): AsyncGenerator<RawRow> {
  const begin = await firstBytes(bytes)
  const firstLine = begin.toString().trimStart().split(/[\r\n]/, 1)[0]!
  if (firstLine === '') throw new ImportFileError(`${name} is empty.`)
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield begin
      yield* bytes
    } finally {
      await bytes.return(undefined)
    }
  }
  if (firstLine.startsWith('[')) throw new ImportFileError(`${name} is one JSON array; Stormdoor reads one object per line. Convert it with\n  jq -c '.[]' ${name} > customers.ndjson`)
  if (firstLine.startsWith('{')) {
    yield* readNdjson(all(), name)
  } else {
    refuseOtherDelimiter(firstLine, name)
    yield* readCsv(all(), name)
  }
}

/** Up to the end of the first line that is not blank, and more; bounded. */
async function firstBytes(bytes: AsyncGenerator<Buffer>): Promise<Buffer> {
  let begin = Buffer.alloc(0)
  while (begin.length < MAX_ROW_BYTES && !/[\r\n]/.test(begin.toString('latin1').trimStart())) {
    const next = await bytes.next()
    if (next.done) break
    begin = Buffer.concat([begin, next.value])
  }
  return begin
}

async function* readCsv(bytes: AsyncGenerator<Buffer>, name: string): AsyncGenerator<RawRow> {
  const input = Readable.from(bytes)
  const parser = parse({
    info: true,
    delimiter: ',',
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_ROW_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
  })
  input.on('error', (error) => parser.destroy(error))
  let header: (CustomerColumn | null)[] | undefined
  let countedTwice = 0
  try {
    for await (const parsed of input.pipe(parser)) {
      // With `info` each item has this shape: https://csv.js.org/parse/options/info/
      const { info, record } = parsed as { info: { lines: number }; record: string[] }
      // csv-parse counts a CRLF inside quotes as two lines.
      countedTwice += countMatches(record, /\r\n/g)
      const line = info.lines - countedTwice - countMatches(record, /\r\n|\r|\n/g)
      if (!header) header = checkHeader(record, name)
      else if (record.some((cell) => cell.trim() !== '')) yield csvRow(record, header, line)
    }
  } catch (error) {
    throw error instanceof CsvError ? brokenCsv(error, name, countedTwice) : error
  } finally {
    input.destroy()
    parser.destroy()
  }
  if (!header) throw new ImportFileError(`${name} is empty.`)
}

function csvRow(record: readonly string[], header: readonly (CustomerColumn | null)[], line: number): RawRow {
  const values: RawRow['values'] = {}
  for (const [index, column] of header.entries()) {
    const cell = record[index]
    if (column && cell !== undefined) values[column] = unguardCell(cell)
  }
  if (record.length === header.length) return { line, values }
  return { line, values, fault: { field: 'row', reason: `has ${record.length} cells where the header has ${header.length}` } }
}

function countMatches(record: readonly string[], pattern: RegExp): number {
  let count = 0
  for (const cell of record) if (/[\r\n]/.test(cell)) count += cell.match(pattern)?.length ?? 0
  return count
}

function brokenCsv(error: CsvError, name: string, countedTwice: number): ImportFileError {
  const where = `${name}, near line ${Number(error['lines']) - countedTwice}`
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return new ImportFileError(`${where}: a row of more than ${MAX_ROW_BYTES} bytes: either a quote is never closed, or the lines have no end.`)
  }
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return new ImportFileError(`${where}: a quote is opened and never closed.`)
  if (error.code === 'INVALID_OPENING_QUOTE' || error.code === 'CSV_INVALID_CLOSING_QUOTE') {
    return new ImportFileError(`${where}: a broken quote. A field with a quote in it must be quoted, with that quote doubled: "12"" pipe".`)
  }
  return new ImportFileError(`${where}: ${error.message}`)
}

async function* readNdjson(bytes: AsyncGenerator<Buffer>, name: string): AsyncGenerator<RawRow> {
  let line = 0
  for await (const text of splitLines(bytes, name)) {
    line++
    if (text.trim() !== '') yield ndjsonRow(text, line)
  }
}

function ndjsonRow(text: string, line: number): RawRow {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { line, values: {}, fault: { field: 'row', reason: `is not JSON: ${text.slice(0, 200)}` } }
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { line, values: {}, fault: { field: 'row', reason: `is not a JSON object: ${text.slice(0, 200)}` } }
  }
  const values: RawRow['values'] = {}
  let fault: RawRow['fault']
  for (const [key, value] of Object.entries(parsed)) {
    if (KNOWN.has(key)) values[key as CustomerColumn] = value
    else fault ??= { field: key.slice(0, 60), reason: 'is not a known field' }
  }
  return fault ? { line, values, fault } : { line, values }
}

async function* splitLines(bytes: AsyncGenerator<Buffer>, name: string): AsyncGenerator<string> {
  let held: Buffer[] = []
  let heldBytes = 0
  let lines = 0
  const tooLong = () => new ImportFileError(`${name}, line ${lines + 1}: a line of more than ${MAX_ROW_BYTES} bytes: do the lines have no end?`)
  for await (const chunk of bytes) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...held, chunk.subarray(start, end)])
      if (line.length > MAX_ROW_BYTES) throw tooLong()
      yield line.toString()
      lines++
      held = []
      heldBytes = 0
      start = end + 1
    }
    heldBytes += chunk.length - start
    if (heldBytes > MAX_ROW_BYTES) throw tooLong()
    held.push(chunk.subarray(start))
  }
  if (heldBytes > 0) yield Buffer.concat(held).toString()
}
