import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CoreAnswerError } from '../core-errors.ts'

const ABANDONED_MS = 600_000

/**
 * Files unpacked once, beside themselves as `<name>.unpacked`: a page in the middle of gzip could only be reached by
 * unpacking all before it, at every page.
 */
export class UnpackedFiles {
  readonly #running = new Map<string, Promise<string>>()
  readonly #closing: AbortSignal

  /** @param closing ends an unpacking under way; a caller that gives up does not, for the next one wants it too */
  constructor(closing: AbortSignal) {
    this.#closing = closing
  }

  /** The path of the plain bytes of `path`. CoreAnswerError when it is damaged. */
  async plain(path: string): Promise<string> {
    if (!path.endsWith('.gz')) return path
    const plain = `${path.slice(0, -'.gz'.length)}.unpacked`
    if (await isNewer(plain, path)) return plain
    const running = this.#running.get(path) ?? this.#unpack(path, plain).finally(() => this.#running.delete(path))
    this.#running.set(path, running)
    return running
  }

  async #unpack(path: string, plain: string): Promise<string> {
    await removeAbandoned(dirname(path))
    const partial = `${plain}.${process.pid}.partial`
    try {
      await pipeline(createReadStream(path), createGunzip(), createWriteStream(partial, { mode: 0o600 }), { signal: this.#closing })
      await rename(partial, plain)
      return plain
    } catch (error) {
      await rm(partial, { force: true })
      const damaged = (error as NodeJS.ErrnoException).code?.startsWith('Z_')
      throw damaged ? new CoreAnswerError(`${basename(path)} is gzip that is cut off or damaged`, { cause: error }) : error
    }
  }
}

async function isNewer(plain: string, packed: string): Promise<boolean> {
  const [made, from] = await Promise.all([stat(plain).catch(() => null), stat(packed)])
  return made !== null && made.mtimeMs >= from.mtimeMs
}

/** Of snapshots that the utility took away, and of processes that were killed. */
async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder)
  for (const name of names) {
    const path = join(folder, name)
    if (name.endsWith('.unpacked') && !names.includes(`${name.slice(0, -'.unpacked'.length)}.gz`)) await rm(path, { force: true })
    if (!/\.unpacked\.\d+\.partial$/.test(name)) continue
    const written = await stat(path).catch(() => null)
    if (written && Date.now() - written.mtimeMs > ABANDONED_MS) await rm(path, { force: true })
  }
}
