import { open, rm } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import { CUSTOMER_COLUMNS, REJECT_COLUMNS } from '../customer-columns.ts'
import { guardCell } from '../formula-guard.ts'
import { WholeFile } from '../whole-file.ts'
import type { RowProblem } from './parse-customer.ts'
import type { RawRow } from './read-rows.ts'

const HEADER = [...REJECT_COLUMNS, ...CUSTOMER_COLUMNS]
const FLUSH_CHARS = 65_536

/**
 * The rows that were not loaded, with their line, field and reason before the customer's own columns:
 * corrected in place it can be imported as it is.
 */
export class RejectsFile {
  readonly path: string
  #file: WholeFile | undefined
  #pending = ''

  constructor(path: string) {
    this.path = path
  }

  async add(row: RawRow, problems: readonly RowProblem[]): Promise<void> {
    this.#pending ||= this.#file ? '' : csv(HEADER)
    const cells = [
      String(row.line),
      problems.map((problem) => problem.field).join('; '),
      problems.map((problem) => problem.reason).join('; '),
      ...CUSTOMER_COLUMNS.map((column) => cellText(row.values[column])),
    ]
    this.#pending += csv(cells.map(guardCell))
    if (this.#pending.length >= FLUSH_CHARS) await this.#flush()
  }

  /** Puts the file in place; with no row in it, takes away the one of an earlier run, which would mislead. */
  async finish(): Promise<void> {
    if (this.#pending !== '') await this.#flush()
    if (this.#file) await this.#file.commit()
    else if (await isRejectsFile(this.path)) await rm(this.path)
    this.#file = undefined
  }

  /** Leaves nothing behind; harmless after finish(). */
  async discard(): Promise<void> {
    await this.#file?.discard()
    this.#file = undefined
  }

  async #flush(): Promise<void> {
    this.#file ??= await WholeFile.create(this.path)
    await this.#file.write(this.#pending)
    this.#pending = ''
  }
}

function csv(cells: readonly string[]): string {
  return stringify([[...cells]])
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(cellText).join(';')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function isRejectsFile(path: string): Promise<boolean> {
  const wanted = `${REJECT_COLUMNS.join(',')},`
  const handle = await open(path).catch(() => null)
  if (!handle) return false
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted.length), 0, wanted.length, 0)
    return buffer.toString('utf8', 0, bytesRead) === wanted
  } finally {
    await handle.close()
  }
}
