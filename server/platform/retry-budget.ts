const RETRY_COSTS = 1

/**
 * How many calls may be repeated: a share of the calls that were made at all, so that retries never multiply the load
 * of something that is already failing. Each call pays in a little, each retry takes one whole out.
 */
export class RetryBudget {
  readonly #share: number
  readonly #most: number
  #saved: number

  /** @param options.share retries to a call over time: 0.1 by default; options.most retries that may be saved up (there at the start), 10 by default */
  constructor(options: { share?: number; most?: number } = {}) {
    this.#share = options.share ?? 0.1
    this.#most = options.most ?? 10
    this.#saved = this.#most
  }

  /** Once for each call, before its first try. */
  called(): void {
    this.#saved = Math.min(this.#most, this.#saved + this.#share)
  }

  /** True when this call may be tried again: it is paid for. */
  mayRetry(): boolean {
    // Ten tenths are a hair less than one.
    if (this.#saved < RETRY_COSTS - 1e-9) return false
    this.#saved -= RETRY_COSTS
    return true
  }
}
