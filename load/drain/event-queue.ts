/** What happens next, by time: a binary heap over flat arrays, for a million events wait at once. Equal times leave in the order that they came. */
export class EventQueue {
  #size = 0
  #nextOrder = 0
  #atMs = new Float64Array(1_024)
  #order = new Float64Array(1_024)
  #what = new Int32Array(1_024)

  get size(): number {
    return this.#size
  }

  /** Ms of the next event; only when there is one. */
  get nextAtMs(): number {
    return this.#atMs[0]!
  }

  /** @param what a whole number of the caller's own, up to 2³¹ */
  add(atMs: number, what: number): void {
    if (this.#size === this.#atMs.length) this.#grow()
    const order = this.#nextOrder++
    let place = this.#size++
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#atMs[parent]! <= atMs) break
      this.#move(parent, place)
      place = parent
    }
    this.#put(place, atMs, order, what)
  }

  /** Takes the next event out. */
  take(): number {
    const taken = this.#what[0]!
    const last = --this.#size
    const [atMs, order, what] = [this.#atMs[last]!, this.#order[last]!, this.#what[last]!]
    let place = 0
    for (let child = 1; child < last; child = 2 * place + 1) {
      if (child + 1 < last && this.#isBefore(child + 1, this.#atMs[child]!, this.#order[child]!)) child++
      if (!this.#isBefore(child, atMs, order)) break
      this.#move(child, place)
      place = child
    }
    if (last > 0) this.#put(place, atMs, order, what)
    return taken
  }

  #isBefore(place: number, atMs: number, order: number): boolean {
    const [hereMs, hereOrder] = [this.#atMs[place]!, this.#order[place]!]
    return hereMs === atMs ? hereOrder < order : hereMs < atMs
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#atMs[from]!, this.#order[from]!, this.#what[from]!)
  }

  #put(place: number, atMs: number, order: number, what: number): void {
    this.#atMs[place] = atMs
    this.#order[place] = order
    this.#what[place] = what
  }

  #grow(): void {
    const length = this.#atMs.length * 2
    const [atMs, order, what] = [new Float64Array(length), new Float64Array(length), new Int32Array(length)]
    atMs.set(this.#atMs)
    order.set(this.#order)
    what.set(this.#what)
    ;[this.#atMs, this.#order, this.#what] = [atMs, order, what]
  }
}
