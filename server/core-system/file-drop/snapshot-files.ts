import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256 } from '../../platform/hash.ts'
import { snapshotSchema, type Snapshot } from '../core-answers.ts'
import { CoreAnswerError, CoreGoneError, CoreUnavailableError } from '../core-errors.ts'
import { csvHeader, csvRows, jsonRow } from './file-rows.ts'
import { readRecords, type FileRecord } from './read-records.ts'
import type { UnpackedFiles } from './unpacked-files.ts'

const KINDS = ['.ndjson', '.ndjson.gz', '.csv', '.csv.gz'] as const
const MANIFEST = /^accounts-([A-Za-z0-9][A-Za-z0-9._-]{0,127})\.manifest\.json$/
const CSV = /\.csv(\.unpacked)?$/
const MANIFEST_BYTES = 65_536
const BOM_BYTES = 3

/** Written last: while it is missing or half-written its snapshot is not there. */
const manifestSchema = snapshotSchema.pick({ accounts: true, digest: true, asOf: true }).extend({
  /** Number of the first file of changes that the snapshot does not hold. */
  changesFrom: z.int().min(0),
  /** Of the file as it lies there; while it has another length it is still being copied. */
  bytes: z.int().min(0).optional(),
})

/** Snapshots of the inbox: `accounts-<snapshotId>.ndjson` or `.csv`, plain or gzip, with `accounts-<snapshotId>.manifest.json`. */
export class SnapshotFiles {
  readonly #inbox: string
  readonly #unpacked: UnpackedFiles

  constructor(inbox: string, unpacked: UnpackedFiles) {
    this.#inbox = inbox
    this.#unpacked = unpacked
  }

  /** The newest complete one. CoreUnavailableError when there is none yet. */
  async newest(): Promise<Snapshot> {
    const names = await readdir(this.#inbox)
    const told = await Promise.all(names.map((name) => this.#complete(name)))
    const newest = told.filter((snapshot) => snapshot !== null).sort((one, other) => Date.parse(other.asOf) - Date.parse(one.asOf))[0]
    if (!newest) throw new CoreUnavailableError('There is no complete snapshot in the inbox', { kind: 'no-snapshot', throttled: true })
    return newest
  }

  /** @param after byte offset of the plain file, as the page before told it */
  async page(snapshotId: string, after: string | null, limit: number): Promise<{ rows: unknown[]; next: string | null }> {
    const path = await this.#plainFile(snapshotId)
    const from = after === null ? 0 : Number(after)
    const { size } = await stat(path)
    if (!/^\d{1,15}$/.test(String(from)) || from > size) throw new CoreGoneError('The file of the snapshot is no longer the same')
    const header = CSV.test(path) ? await this.#headerOf(path) : null
    const page: FileRecord[] = []
    let next: string | null = null
    for await (const records of readRecords(path, Math.max(from, header?.end ?? 0), { quoted: header !== null })) {
      const some = records.filter(({ bytes }) => !isBlank(bytes)).slice(0, limit + 1 - page.length)
      page.push(...some)
      if (page.length > limit) {
        page.pop()
        next = String(page.at(-1)!.end)
        break
      }
    }
    const rows = page.map(({ bytes }) => bytes)
    return { rows: header ? csvRows(rows, header.columns) : rows.map((row) => jsonRow(withoutBom(row))), next }
  }

  /** The row of one account as the snapshot tells it; null when it has none. Reads through the file. */
  async find(snapshotId: string, accountNumber: string): Promise<unknown> {
    const path = await this.#plainFile(snapshotId)
    const header = CSV.test(path) ? await this.#headerOf(path) : null
    const sought = Buffer.from(header ? accountNumber : JSON.stringify(accountNumber))
    for await (const records of readRecords(path, header?.end ?? 0, { quoted: header !== null })) {
      for (const { bytes } of records) {
        if (!bytes.includes(sought)) continue
        const row = header ? csvRows([bytes], header.columns)[0] : jsonRow(withoutBom(bytes))
        if ((row as { accountNumber?: unknown } | null)?.accountNumber === accountNumber) return row
      }
    }
    return null
  }

  async #complete(manifestName: string): Promise<Snapshot | null> {
    const snapshotId = MANIFEST.exec(manifestName)?.[1]
    if (snapshotId === undefined) return null
    const text = await readSmall(join(this.#inbox, manifestName))
    const manifest = manifestSchema.safeParse(jsonRow(text))
    if (!manifest.success) return null
    const { bytes, changesFrom, ...told } = manifest.data
    const file = await this.#file(snapshotId)
    if (!file || (bytes !== undefined && bytes !== file.size)) return null
    return { snapshotId, ...told, changesFrom: `${changesFrom}-0`, etag: sha256(text) }
  }

  async #file(snapshotId: string): Promise<{ path: string; size: number } | null> {
    for (const kind of KINDS) {
      const path = join(this.#inbox, `accounts-${snapshotId}${kind}`)
      const found = await stat(path).catch(ifMissing)
      if (found) return { path, size: found.size }
    }
    return null
  }

  async #plainFile(snapshotId: string): Promise<string> {
    const file = MANIFEST.test(`accounts-${snapshotId}.manifest.json`) ? await this.#file(snapshotId) : null
    if (!file) throw new CoreGoneError('The snapshot is no longer in the inbox')
    return this.#unpacked.plain(file.path)
  }

  async #headerOf(path: string) {
    for await (const records of readRecords(path, 0, { quoted: true })) {
      const first = records.find(({ bytes }) => !isBlank(bytes))
      if (first) return { columns: csvHeader(first.bytes, 'The snapshot'), end: first.end }
    }
    throw new CoreAnswerError('The snapshot is an empty file')
  }
}

async function readSmall(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MANIFEST_BYTES), 0, MANIFEST_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes.length < 64 && bytes.toString().trim() === '')
}

function withoutBom(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(BOM_BYTES) : bytes
}

function ifMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
