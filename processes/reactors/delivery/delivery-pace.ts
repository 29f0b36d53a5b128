import type { Random } from '../../../domain/clock.ts'

export interface PaceOptions {
  /** Hand-overs a second at the most. */
  perSecond: number
  /** Under way at the same time at the most. */
  atOnce: number
  random: Random
}

/** A hand-over that was begun. */
export interface Attempt {
  /** When it was sent; until then, when it was begun. */
  startedMs: number
  over: boolean
}

/** Failures in a row after which the core system counts as away. */
const AWAY_AFTER = 3
const PROBE_FIRST_MS = 250
const PROBE_MOST_MS = 5_000
/** However long it asks to be left alone: it may be back before. */
const LONGEST_PAUSE_MS = 600_000
const THROTTLED_PAUSE_MS = 1_000
/** Of the limit that is left after it said that it has too much, and of what is given back for each hand-over, as a share of the most. */
const RATE_CUT = 0.7
const RATE_GROWTH = 0.002
/** An answer that took this many times the usual, and some, says that it has too much. */
const SLOW_FACTOR = 4
const SLOW_MS = 50
const LATENCY_WEIGHT = 0.02
const SLOW_CUT = 0.8

/**
 * How fast may be handed over. A limit on what is under way grows with each success (doubling at first, then by one for each
 * round) and is cut when the core system throttles or slows down; so is the rate. While it is away one probe goes at a time,
 * after a wait of full jitter; when it is back all begins slowly. Time is the caller's monotonic clock.
 */
export class DeliveryPace {
  readonly #perSecond: number
  readonly #atOnce: number
  readonly #random: Random
  /** Of all partitions, those that this process owns: it takes that part of the rate and the limit. */
  #share = 1
  #rate: number
  #limit = 1
  #threshold: number
  #underWay = 0
  #nextMs = 0
  #pausedUntilMs = 0
  #failuresInARow = 0
  #away: { sinceMs: number; probes: number; probeAtMs: number } | null = null
  #usualMs: number | null = null
  #cutAtMs = -Infinity

  constructor({ perSecond, atOnce, random }: PaceOptions) {
    this.#perSecond = perSecond
    this.#atOnce = atOnce
    this.#random = random
    this.#rate = perSecond
    this.#threshold = atOnce
  }

  get isAway(): boolean {
    return this.#away !== null
  }

  /** How many may be under way now. */
  get limit(): number {
    return this.#away ? 1 : Math.max(1, Math.floor(Math.min(this.#limit, this.#atOnce * this.#share)))
  }

  /** @param share 0–1 */
  setShare(share: number): void {
    this.#share = share
  }

  /** Milliseconds until one may begin; infinite while as many as may are under way. */
  waitMs(nowMs: number): number {
    if (this.#underWay >= this.limit) return Infinity
    return Math.max(0, this.#nextMs - nowMs, this.#pausedUntilMs - nowMs, (this.#away?.probeAtMs ?? 0) - nowMs)
  }

  begin(nowMs: number): Attempt {
    this.#underWay++
    const intervalMs = this.#intervalMs()
    // What was not used is not made up for, but for one: timers are late.
    this.#nextMs = Math.max(this.#nextMs, nowMs - intervalMs) + intervalMs
    return { startedMs: nowMs, over: false }
  }

  /** Nothing was sent. */
  passedOver(attempt: Attempt): void {
    if (this.#end(attempt)) this.#nextMs -= this.#intervalMs()
  }

  /** Unless it has ended otherwise: it was given up from this side, which says nothing of the core system. */
  abandoned(attempt: Attempt): void {
    this.#end(attempt)
  }

  /** It answered. @returns true when it was away before */
  answered(attempt: Attempt, nowMs: number): boolean {
    this.#end(attempt)
    this.#failuresInARow = 0
    if (this.#away) {
      this.#away = null
      this.#limit = 1
      this.#threshold = this.#atOnce
      this.#usualMs = null
      return true
    }
    this.#rate = Math.min(this.#perSecond, this.#rate + this.#perSecond * RATE_GROWTH)
    const tookMs = nowMs - attempt.startedMs
    const usualMs = this.#usualMs ?? tookMs
    this.#usualMs = tookMs < usualMs ? tookMs : usualMs + (tookMs - usualMs) * LATENCY_WEIGHT
    if (tookMs > SLOW_FACTOR * usualMs + SLOW_MS) this.#cut(attempt.startedMs, nowMs, SLOW_CUT)
    else this.#limit = Math.min(this.#atOnce, this.#limit + (this.#limit < this.#threshold ? 1 : 1 / this.#limit))
    return false
  }

  /** It answers, and has too much. */
  throttled(attempt: Attempt, nowMs: number, retryAfterMs?: number): void {
    this.#end(attempt)
    this.#failuresInARow = 0
    this.#away = null
    if (this.#cut(attempt.startedMs, nowMs, 0.5)) this.#rate = Math.max(Math.min(1, this.#perSecond), this.#rate * RATE_CUT)
    this.#pause(nowMs, retryAfterMs ?? this.#random.fraction() * THROTTLED_PAUSE_MS)
  }

  /** No answer, or none of its own. */
  failed(attempt: Attempt, nowMs: number, retryAfterMs = 0): void {
    this.#end(attempt)
    this.#pause(nowMs, retryAfterMs)
    if (++this.#failuresInARow < AWAY_AFTER) return
    this.#away ??= { sinceMs: nowMs, probes: 0, probeAtMs: 0 }
    // What was under way when it went tells nothing new.
    if (attempt.startedMs >= this.#away.sinceMs) this.#away.probes++
    const mostMs = Math.min(PROBE_MOST_MS, PROBE_FIRST_MS * 2 ** Math.min(this.#away.probes, 30))
    this.#away.probeAtMs = nowMs + this.#random.fraction() * mostMs
  }

  #end(attempt: Attempt): boolean {
    if (attempt.over) return false
    attempt.over = true
    this.#underWay--
    return true
  }

  #pause(nowMs: number, durationMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + Math.min(durationMs, LONGEST_PAUSE_MS))
  }

  /** Once for all that were under way together. */
  #cut(startedMs: number, nowMs: number, factor: number): boolean {
    if (startedMs < this.#cutAtMs) return false
    this.#cutAtMs = nowMs
    this.#limit = Math.max(1, Math.min(this.#limit, this.#atOnce) * factor)
    this.#threshold = this.#limit
    return true
  }

  #intervalMs(): number {
    return 1_000 / (this.#rate * Math.max(this.#share, 1e-6))
  }
}
