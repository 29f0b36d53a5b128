const KEPT_LINES = 80

/** What happened, as a running hash over every line and the last lines themselves. */
export class Trace {
  readonly #last: string[] = []
  #lines = 0
  #high = 0x811c9dc5
  #low = 0x1000193

  add(line: string): void {
    let high = this.#high, low = this.#low
    for (let index = 0; index < line.length; index++) {
      const code = line.charCodeAt(index)
      high = Math.imul(high ^ code, 0x01000193)
      low = Math.imul(low ^ code, 0x85ebca6b)
    }
    this.#high = Math.imul(high ^ 10, 0x01000193)
    this.#low = Math.imul(low ^ (low >>> 15), 0xc2b2ae35)
    this.#last[this.#lines % KEPT_LINES] = line
    this.#lines += 1
  }

  /** 16 hexadecimal digits; equal for two runs only when every line was. */
  get hash(): string {
    return [this.#high, this.#low].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
  }

  /** Oldest first. */
  get lastLines(): string[] {
    const start = Math.max(0, this.#lines - KEPT_LINES)
    return Array.from({ length: this.#lines - start }, (_, index) => this.#last[(start + index) % KEPT_LINES]!)
  }
}
