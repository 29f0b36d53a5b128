import type { DatabaseSync } from 'node:sqlite'

const LOOK_EVERY_MS = 20

/**
 * Tells readers when the file has changed. One timer for all readers, and only while one waits;
 * this process's own commits wake them at once.
 */
export class LogTail {
  readonly #database: DatabaseSync
  readonly #dataVersion
  readonly #waiters = new Set<{ seen: number; wake(): void }>()
  #timer: NodeJS.Timeout | null = null

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#dataVersion = database.prepare('PRAGMA data_version')
  }

  /** Changes with each commit of another connection. Taken before a read, it makes the wait after it miss nothing. */
  version(): number {
    return Number(this.#dataVersion.get()?.['data_version'])
  }

  /** Resolves once the version is not `seen` any more, or the signal is aborted, or the tail is closed. */
  change(seen: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || !this.#database.isOpen) return resolve()
      const waiter = {
        seen,
        wake: () => {
          signal.removeEventListener('abort', waiter.wake)
          this.#waiters.delete(waiter)
          if (this.#waiters.size === 0) this.#stop()
          resolve()
        },
      }
      signal.addEventListener('abort', waiter.wake)
      this.#waiters.add(waiter)
      this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
    })
  }

  wakeAll(): void {
    for (const waiter of this.#waiters) waiter.wake()
  }

  #look(): void {
    const version = this.version()
    for (const waiter of this.#waiters) if (waiter.seen !== version) waiter.wake()
  }

  #stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }
}
