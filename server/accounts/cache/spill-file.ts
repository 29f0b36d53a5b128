import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** More than any entry has. */
const BLOCK_BYTES = 65_536

interface Part {
  block: Buffer | null
  end: number
  /** Of full blocks in the file. */
  blocks: { at: number; bytes: number }[]
}

/**
 * Entries sorted into parts, for more than a process should hold: each part keeps a block in memory, full ones go to a file that no name
 * leads to, so that it is gone with the process, however that ends.
 */
export class SpillFile {
  block: Buffer = Buffer.alloc(0)
  readonly #parts: Part[]
  #file: number | null = null
  #fileEnd = 0

  constructor(parts: number) {
    this.#parts = Array.from({ length: parts }, () => ({ block: null, end: 0, blocks: [] }))
  }

  /** Room for an entry of up to 64 KiB. @returns where it begins in `block` */
  reserve(number: number, bytes: number): number {
    const part = this.#parts[number]!
    if (part.end + bytes > BLOCK_BYTES) this.#spill(part)
    this.block = part.block ??= Buffer.allocUnsafeSlow(BLOCK_BYTES)
    part.end += bytes
    return part.end - bytes
  }

  /** All entries of a part, in the order in which they came; they are gone then. */
  take(number: number): Buffer {
    const part = this.#parts[number]!
    const content = Buffer.allocUnsafeSlow(part.blocks.reduce((sum, { bytes }) => sum + bytes, part.end))
    let end = 0
    for (const { at, bytes } of part.blocks) {
      if (readSync(this.#file!, content, end, bytes, at) !== bytes) throw new Error('A temporary file is shorter than what was written')
      end += bytes
    }
    part.block?.copy(content, end, 0, part.end)
    this.#parts[number] = { block: null, end: 0, blocks: [] }
    return content
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }

  #spill(part: Part): void {
    this.#file ??= openUnnamed()
    for (let written = 0; written < part.end; ) written += writeSync(this.#file, part.block!, written, part.end - written, this.#fileEnd + written)
    part.blocks.push({ at: this.#fileEnd, bytes: part.end })
    this.#fileEnd += part.end
    part.end = 0
  }
}

function openUnnamed(): number {
  const folder = mkdtempSync(join(tmpdir(), 'accounts-'))
  try {
    return openSync(join(folder, 'rows'), 'wx+', 0o600)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
