const SAMPLE_MS = 20
/** One late sample is a hiccup (a collection, a neighbour on the machine); this many in a row are load. */
const SAMPLES = 3

/** How late the event loop keeps running its timers, in milliseconds: the sign of a process that has more to do than it can. */
export class LoopDelay {
  readonly #latestMs: number[] = Array.from({ length: SAMPLES }, () => 0)
  #next = 0
  #dueMs = performance.now() + SAMPLE_MS
  readonly #timer = setInterval(() => {
    const nowMs = performance.now()
    this.#latestMs[this.#next++ % SAMPLES] = nowMs - this.#dueMs
    this.#dueMs = nowMs + SAMPLE_MS
  }, SAMPLE_MS).unref()

  /** The least of the last samples. */
  get ms(): number {
    return Math.min(...this.#latestMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
