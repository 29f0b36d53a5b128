import { createWriteStream, mkdirSync, renameSync, rmSync, statSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

const maximumBytes = 8 * 1024 * 1024
const keptFiles = 3

/** `<data>/logs/<name>.log`; a full one becomes `.1`, `.2`, `.3` and then goes. */
export class RotatingLog {
  readonly path: string
  #stream: WriteStream
  #bytes: number
  readonly #limitBytes: number

  constructor(dataDir: string, name: string, limitBytes = maximumBytes) {
    const folder = join(dataDir, 'logs')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.path = join(folder, `${name}.log`)
    this.#limitBytes = limitBytes
    this.#bytes = sizeOf(this.path)
    this.#stream = openForAppend(this.path)
  }

  take(source: Readable): void {
    source.on('data', (chunk: Buffer) => this.write(chunk))
  }

  write(chunk: Buffer | string): void {
    if (this.#bytes >= this.#limitBytes) this.#rotate()
    this.#bytes += chunk.length
    this.#stream.write(chunk)
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(() => resolve()))
  }

  #rotate(): void {
    this.#stream.end()
    rmSync(`${this.path}.${keptFiles}`, { force: true })
    for (let index = keptFiles - 1; index >= 0; index--) {
      const from = index === 0 ? this.path : `${this.path}.${index}`
      if (sizeOf(from) > 0) renameSync(from, `${this.path}.${index + 1}`)
    }
    this.#stream = openForAppend(this.path)
    this.#bytes = 0
  }
}

/** A full disk must not take the supervisor down: the line is lost, the process lives. */
function openForAppend(path: string): WriteStream {
  return createWriteStream(path, { flags: 'a', mode: 0o600 }).on('error', () => {})
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}
