import type { Clock } from '../../../domain/clock.ts'

const SLOWEST_MS = 2_000
const SLOWER = 2
const FASTER = 0.9
/** An answer that takes so many times the quickest one says that there is too much to do. */
const STRAINED = 4
/** Answers below are never strained: a quick one of a millisecond is no measure. */
const QUICK_MS = 150
/** How fast the quickest answer is forgotten. */
const FORGET = 1.01

/**
 * How often the core system is asked: at most at the configured rate, half as often after each failure or strained
 * answer, a tenth more often after each good one.
 */
export class CorePace {
  readonly #clock: Clock
  readonly #shortestMs: number
  #gapMs: number
  #nextAtMs = -Infinity
  #quickestMs = Infinity

  /** @param requestsPerSecond at the most */
  constructor(clock: Clock, requestsPerSecond: number) {
    this.#clock = clock
    this.#shortestMs = 1_000 / requestsPerSecond
    this.#gapMs = this.#shortestMs
  }

  get requestsPerSecond(): number {
    return 1_000 / this.#gapMs
  }

  /** Resolves when the next request may begin. Rejects with the signal's reason. */
  async turn(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs()
    const atMs = Math.max(nowMs, this.#nextAtMs)
    this.#nextAtMs = atMs + this.#gapMs
    if (atMs > nowMs) await this.#clock.sleep(atMs - nowMs, signal)
  }

  answered(tookMs: number): void {
    this.#quickestMs = Math.min(tookMs, this.#quickestMs * FORGET)
    if (tookMs > Math.max(QUICK_MS, STRAINED * this.#quickestMs)) this.#slower()
    else this.#gapMs = Math.max(this.#shortestMs, this.#gapMs * FASTER)
  }

  /** @param retryAfterMs as it asked for */
  failed(retryAfterMs = 0): void {
    this.#slower()
    this.#nextAtMs = Math.max(this.#nextAtMs, this.#clock.monotonicMs() + retryAfterMs)
  }

  #slower(): void {
    this.#gapMs = Math.min(SLOWEST_MS, Math.max(this.#shortestMs, this.#gapMs) * SLOWER)
  }
}
