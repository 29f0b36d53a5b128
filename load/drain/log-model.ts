/** How long a full batch takes, and how long a commit takes at the least, however little is in it. */
const FULL_BATCH_MS = 50
const COMMIT_MS = 5

/**
 * A log with group commit: takes what waits, up to so many, and answers all of them when the batch is durable. Full batches give
 * exactly its capacity. Refusals at the door take processor time that the log then lacks.
 */
export class LogModel<T> {
  readonly #capacityPerSecond: number
  readonly #fullBatch: number
  #waiting: T[] = []
  #batch: T[] = []
  #owedMs = 0

  constructor(capacityPerSecond: number) {
    this.#capacityPerSecond = capacityPerSecond
    this.#fullBatch = Math.max(1, Math.round((capacityPerSecond * FULL_BATCH_MS) / 1_000))
  }

  /** True while a batch is under way. */
  get busy(): boolean {
    return this.#batch.length > 0
  }

  append(work: T): void {
    this.#waiting.push(work)
  }

  /** @param shareOfReport what it costs beside a report that is taken, 0 to 1 */
  burden(shareOfReport: number): void {
    this.#owedMs += (shareOfReport * 1_000) / this.#capacityPerSecond
  }

  /** Begins the next batch; null when nothing waits. @returns milliseconds until it is durable */
  begin(): number | null {
    if (this.#waiting.length === 0) {
      // What nobody waits behind has cost nothing.
      this.#owedMs = 0
      return null
    }
    this.#batch = this.#waiting.splice(0, this.#fullBatch)
    const fullMs = (this.#fullBatch * 1_000) / this.#capacityPerSecond
    const commitMs = Math.min(COMMIT_MS, fullMs)
    const ms = commitMs + ((fullMs - commitMs) * this.#batch.length) / this.#fullBatch + this.#owedMs
    this.#owedMs = 0
    return ms
  }

  /** The batch is durable: what is now answered. */
  end(): T[] {
    const done = this.#batch
    this.#batch = []
    return done
  }
}

/** Milliseconds at which a server of that capacity that never idles while something waits has done the last, given when each comes. */
export function physicalMinimumMs(sortedMs: Float64Array, capacityPerSecond: number): number {
  let doneMs = -Infinity
  for (const atMs of sortedMs) doneMs = Math.max(doneMs, atMs) + 1_000 / capacityPerSecond
  return doneMs
}
