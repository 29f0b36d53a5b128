import type { Clock } from './clock.ts'

/** A node whose wall clock lags the log by more than this issues nothing. */
export const MAX_SKEW_MS = 60_000
const COUNTER_LIMIT = 0x1_0000

export class ClockSkewError extends Error {
  override name = 'ClockSkewError'
  readonly skewMs: number
  constructor(skewMs: number) {
    super(`This node's clock is ${Math.round(skewMs / 1000)} s behind the event log; set the clock, then it issues again`)
    this.skewMs = skewMs
  }
}

/**
 * Hybrid logical clock (Kulkarni et al. 2014): wall time where it moves, a counter where it does not.
 * Values are 16 hex digits (48 bits of milliseconds, 16 bits of counter) that order as text.
 */
export class HybridClock {
  #lastMs = 0
  #counter = 0
  readonly #clock: Clock
  readonly #onAlarm: (aheadMs: number) => void

  /** @param onAlarm called when an observed event is ahead of this node by more than MAX_SKEW_MS */
  constructor(clock: Clock, onAlarm: (aheadMs: number) => void = () => undefined) {
    this.#clock = clock
    this.#onAlarm = onAlarm
  }

  /** The next value, greater than every one issued or observed. Throws ClockSkewError. */
  issue(): string {
    const wallMs = Math.floor(this.#clock.nowMs())
    const skewMs = this.#lastMs - wallMs
    if (skewMs > MAX_SKEW_MS) throw new ClockSkewError(skewMs)
    if (wallMs > this.#lastMs) {
      this.#lastMs = wallMs
      this.#counter = 0
    } else if (++this.#counter === COUNTER_LIMIT) {
      this.#lastMs += 1
      this.#counter = 0
    }
    return formatHlc(this.#lastMs, this.#counter)
  }

  /**
   * Takes in the clock of a seen event. Never refuses: a value too far ahead is clamped
   * to the bound and raises the alarm, so one bad node cannot stop the others.
   */
  observe(hlc: string): void {
    const { ms, counter } = parseHlc(hlc)
    const boundMs = Math.floor(this.#clock.nowMs()) + MAX_SKEW_MS
    if (ms > boundMs) {
      this.#onAlarm(ms - boundMs + MAX_SKEW_MS)
      if (boundMs > this.#lastMs) this.#set(boundMs, 0)
      return
    }
    if (ms > this.#lastMs || (ms === this.#lastMs && counter > this.#counter)) this.#set(ms, counter)
  }

  /**
   * Starts from the newest event of this node's own log, unclamped: a log from the future
   * means that this clock is wrong, and issue() then says so.
   */
  seed(hlc: string): void {
    const { ms, counter } = parseHlc(hlc)
    if (ms > this.#lastMs || (ms === this.#lastMs && counter > this.#counter)) this.#set(ms, counter)
  }

  #set(ms: number, counter: number): void {
    this.#lastMs = ms
    this.#counter = counter
  }
}

/** @param ms milliseconds since the epoch, below 2^48 @param counter below 2^16 */
export function formatHlc(ms: number, counter: number): string {
  return ms.toString(16).padStart(12, '0') + counter.toString(16).padStart(4, '0')
}

export function parseHlc(hlc: string): { ms: number; counter: number } {
  if (!/^[0-9a-f]{16}$/.test(hlc)) throw new TypeError(`Not a hybrid logical clock value: ${hlc}`)
  return { ms: Number.parseInt(hlc.slice(0, 12), 16), counter: Number.parseInt(hlc.slice(12), 16) }
}
