const WINDOW_MS = 250
/** Of each window's measure, so that a few seconds of load are believed and one burst is not. */
const WEIGHT = 0.1
/** Of what the utility has configured: a log that stalls has not become slow for the hour to come. */
const LEAST_SHARE = 0.1
/** Over which the share that walk-ins take is smoothed. */
const WALK_IN_MEMORY_MS = 3_000

/**
 * What the log takes, in reports per second, and how much of it is taken by those who come without a slot. Capacity shows only
 * while the door refuses: then what gets done is all that can be. It begins with what the utility has configured.
 */
export class AdmissionCapacity {
  #perSecond: number
  #walkInShare = 0
  #wasFull = false
  #window = { fromMs: 0, done: 0, walkIns: 0, refused: 0 }
  readonly #leastPerSecond: number

  constructor(configuredPerSecond: number, nowMs: number) {
    this.#perSecond = configuredPerSecond
    this.#leastPerSecond = configuredPerSecond * LEAST_SHARE
    this.#window.fromMs = nowMs
  }

  get perSecond(): number {
    return this.#perSecond
  }

  /** 0 to 1: of the capacity, what came without a slot of late, taken or refused. */
  get walkInShare(): number {
    return this.#walkInShare
  }

  done(): void {
    this.#window.done++
  }

  walkIn(): void {
    this.#window.walkIns++
  }

  refused(): void {
    this.#window.refused++
  }

  /** Ends a window when it is time; true when it did. Called with every report. */
  tick(nowMs: number): boolean {
    const passedMs = nowMs - this.#window.fromMs
    if (passedMs < WINDOW_MS) return false
    const { done, walkIns, refused } = this.#window
    this.#window = { fromMs: nowMs, done: 0, walkIns: 0, refused: 0 }
    const seconds = passedMs / 1000
    const isFull = refused > 0 && done > 0 && passedMs < 2 * WINDOW_MS
    // The first full window began before the door was full: it says too little.
    const known = isFull && this.#wasFull
    if (known || done / seconds > this.#perSecond) {
      this.#perSecond = Math.max(this.#leastPerSecond, this.#perSecond + WEIGHT * (done / seconds - this.#perSecond))
    }
    this.#wasFull = isFull
    const share = Math.min(1, walkIns / seconds / this.#perSecond)
    this.#walkInShare += (1 - Math.exp(-passedMs / WALK_IN_MEMORY_MS)) * (share - this.#walkInShare)
    return true
  }
}
