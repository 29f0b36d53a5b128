/** What is taken out first is what `isBefore` puts before all others; of equals any. Taking and putting cost the logarithm of the size. */
export class PriorityHeap<T> {
  readonly #entries: T[] = []
  readonly #isBefore: (one: T, other: T) => boolean

  constructor(isBefore: (one: T, other: T) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#entries.length
  }

  peek(): T | undefined {
    return this.#entries[0]
  }

  /** All of them, the first one first and the others in no order. */
  values(): Iterable<T> {
    return this.#entries.values()
  }

  push(entry: T): void {
    let place = this.#entries.push(entry) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#isBefore(entry, this.#entries[parent]!)) break
      this.#entries[place] = this.#entries[parent]!
      place = parent
    }
    this.#entries[place] = entry
  }

  pop(): T | undefined {
    const first = this.#entries[0]
    const last = this.#entries.pop()
    if (first === undefined || last === undefined || this.#entries.length === 0) return first
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#entries.length) break
      if (child + 1 < this.#entries.length && this.#isBefore(this.#entries[child + 1]!, this.#entries[child]!)) child++
      if (!this.#isBefore(this.#entries[child]!, last)) break
      this.#entries[place] = this.#entries[child]!
      place = child
    }
    this.#entries[place] = last
    return first
  }
}
