/** Of the capacity, for slots and walk-ins together: the rest is for what comes late or twice. */
const PLANNED_SHARE = 0.95
/** However many walk in: those who were told a time get on. */
const LEAST_SLOT_SHARE = 0.25
/** Nobody is asked to wait for longer; phones come back within the hour whatever they are told. */
const LONGEST_WAIT_MS = 45 * 60_000
/** However small a storm is expected: a greater one than that is still spread. */
const LEAST_HORIZON_MS = 5 * 60_000

interface SlotLoad {
  /** Reports per second that the log takes. */
  perSecond: number
  /** The share of them that comes without a slot, 0 to 1. */
  walkInShare: number
  /** For how long, from now, that is believed to go on, ms. */
  walkInsForMs: number
}

/**
 * When a refused phone comes back: each gets the next time that the log is expected to have room for it, so that no two seconds
 * get more than it takes. Times are by one monotonic clock, milliseconds.
 */
export class SendSlots {
  #nextFreeMs = -Infinity
  readonly #expectedReports: number

  /** @param expectedReports of the greatest storm, at this door */
  constructor(expectedReports: number) {
    this.#expectedReports = expectedReports
  }

  /** True while somebody who was told a time is still to come. */
  outstanding(nowMs: number): boolean {
    return this.#nextFreeMs > nowMs
  }

  /** Until the next free slot. */
  horizonMs(nowMs: number): number {
    return Math.max(0, this.#nextFreeMs - nowMs)
  }

  /**
   * Books the next free slot and says in how many milliseconds it is. Phones that walk in are the come-back of a storm and will
   * go on for as long as they were told to spread: so long their share is left free, and none of it after that.
   */
  book(nowMs: number, load: SlotLoad, atLeastMs: number): number {
    const waitMs = Math.max(this.#nextFreeMs - nowMs, atLeastMs)
    const share = waitMs > load.walkInsForMs ? PLANNED_SHARE : Math.max(LEAST_SLOT_SHARE, PLANNED_SHARE - load.walkInShare)
    // Beyond what the storm needs, times are given a second time rather than to nobody: whoever asks without end puts others off no further.
    const longestMs = this.#longestMs(load)
    const full = waitMs > longestMs
    this.#nextFreeMs = nowMs + (full ? longestMs / 2 : waitMs) + 1_000 / (load.perSecond * share)
    return Math.min(waitMs, longestMs)
  }

  /** The greatest storm refused once, behind the walk-ins of its come-back. */
  #longestMs({ perSecond, walkInsForMs }: SlotLoad): number {
    const neededMs = walkInsForMs + (this.#expectedReports * 1_000) / (perSecond * PLANNED_SHARE)
    return Math.min(LONGEST_WAIT_MS, Math.max(LEAST_HORIZON_MS, neededMs))
  }
}
