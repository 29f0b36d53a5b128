const STEP_MS = 100
const STEPS_PER_SECOND = 1_000 / STEP_MS

/** What `npm run drain` prints of a policy. */
export interface DrainFigures {
  /** Most requests that arrived within any second, the refused ones too, over the capacity. */
  peakOverCapacity: number
  /** Until the last report was received, over what a server of that capacity that never idles would have needed. */
  lastOverMinimum: number
  /** From coming back to received, of reports that name a hazard. */
  hazardP99Seconds: number
  refusalsPerReport: number
  /** From coming back to received, of all others. */
  ordinaryP50Seconds: number
  ordinaryP99Seconds: number
  /** Until the last report was received, from the first phone's return. */
  lastSeconds: number
  /** Reports that were not received when the run was broken off, after twelve hours. */
  missing: number
}

/** Counts one policy's run. Times are ms from the start of the run. */
export class DrainCount {
  readonly #arrivals: number[] = []
  readonly #hazardMs: number[] = []
  readonly #ordinaryMs: number[] = []
  #refused = 0
  #lastMs = 0

  arrived(atMs: number): void {
    const step = Math.floor(atMs / STEP_MS)
    while (this.#arrivals.length <= step) this.#arrivals.push(0)
    this.#arrivals[step]!++
  }

  refused(): void {
    this.#refused++
  }

  gotThrough(backAtMs: number, atMs: number, hazardous: boolean): void {
    ;(hazardous ? this.#hazardMs : this.#ordinaryMs).push(atMs - backAtMs)
    if (atMs > this.#lastMs) this.#lastMs = atMs
  }

  figures({ phones, capacityPerSecond, firstBackMs, minimumMs }: { phones: number; capacityPerSecond: number; firstBackMs: number; minimumMs: number }): DrainFigures {
    const received = this.#hazardMs.length + this.#ordinaryMs.length
    return {
      peakOverCapacity: rounded(this.#peakPerSecond() / capacityPerSecond),
      lastOverMinimum: rounded((this.#lastMs - firstBackMs) / (minimumMs - firstBackMs)),
      hazardP99Seconds: rounded(percentile(this.#hazardMs, 0.99) / 1_000),
      refusalsPerReport: rounded(this.#refused / received),
      ordinaryP50Seconds: rounded(percentile(this.#ordinaryMs, 0.5) / 1_000),
      ordinaryP99Seconds: rounded(percentile(this.#ordinaryMs, 0.99) / 1_000),
      lastSeconds: rounded((this.#lastMs - firstBackMs) / 1_000),
      missing: phones - received,
    }
  }

  #peakPerSecond(): number {
    let [peak, sum] = [0, 0]
    for (const [step, count] of this.#arrivals.entries()) {
      sum += count - (this.#arrivals[step - STEPS_PER_SECOND] ?? 0)
      peak = Math.max(peak, sum)
    }
    return peak
  }
}

function percentile(values: number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
