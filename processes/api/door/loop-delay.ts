const SAMPLE_MS = 20
/** One late sample is a hiccup (a collection, a neighbor on the machine); this many in a row are load. */
const SAMPLES = 3

/** How late the event loop keeps running its timers, in milliseconds: the sign of a process that has more to do than it can. */
export class LoopDelay {
  readonly #latestMs: number[] = Array.from({ length: SAMPLES }, () => 0)
  readonly #nowMs: () => number
  readonly #timer: NodeJS.Timeout
  #next = 0
  #dueMs: number

  /** @param nowMs a monotonic clock */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
    this.#dueMs = nowMs() + SAMPLE_MS
    this.#timer = setInterval(() => this.sample(), SAMPLE_MS).unref()
  }

  /** The least of the last samples. */
  get ms(): number {
    return Math.min(...this.#latestMs)
  }

  /** Every 20 ms, if the loop is in time. */
  sample(): void {
    const nowMs = this.#nowMs()
    this.#latestMs[this.#next++ % SAMPLES] = nowMs - this.#dueMs
    this.#dueMs = nowMs + SAMPLE_MS
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
