import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * A file that is there whole or not at all: written beside as `<path>.<pid>.partial`, then renamed.
 * Readable by its owner only, for it holds personal data; what a killed run left is taken away by the next.
 */
export class WholeFile {
  readonly path: string
  readonly #partial: string
  #handle: FileHandle | undefined

  private constructor(path: string, partial: string, handle: FileHandle) {
    this.path = path
    this.#partial = partial
    this.#handle = handle
  }

  static async create(path: string): Promise<WholeFile> {
    await removeLeftovers(path)
    const partial = `${path}.${process.pid}.partial`
    return new WholeFile(path, partial, await open(partial, 'w', 0o600))
  }

  async write(text: string): Promise<void> {
    await this.#handle?.appendFile(text)
  }

  /** Puts it in place, durably. */
  async commit(): Promise<void> {
    await this.#handle?.sync()
    await this.#close()
    await rename(this.#partial, this.path)
  }

  /** Leaves nothing behind; harmless after commit(). */
  async discard(): Promise<void> {
    await this.#close()
    await rm(this.#partial, { force: true })
  }

  async #close(): Promise<void> {
    await this.#handle?.close()
    this.#handle = undefined
  }
}

async function removeLeftovers(path: string): Promise<void> {
  const prefix = `${basename(path)}.`
  for (const name of await readdir(dirname(path))) {
    const pid = name.startsWith(prefix) ? /^(\d+)\.partial$/.exec(name.slice(prefix.length))?.[1] : undefined
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(dirname(path), name), { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
