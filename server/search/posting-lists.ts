const FIRST_DOCS = 4
const GROWTH = 1.5
/** Words of accounts lie in pages of so many, so that growing copies nothing. */
const PAGE_BITS = 20
const PAGE = 1 << PAGE_BITS

const nobody = new Uint32Array()

/** Which accounts have a word, and which words an account has. An account is written once, under a number greater than all before. */
export class PostingLists {
  readonly #accounts: Uint32Array[] = []
  readonly #counts: number[] = []
  readonly #pages: Uint32Array[] = []
  #written = 0
  #from = new Uint32Array(1 << 12)
  #many = new Uint8Array(1 << 12)

  add(doc: number, terms: readonly number[]): void {
    if (doc >= this.#from.length) this.#widen(doc)
    // One account's words lie in one page.
    if ((this.#written >> PAGE_BITS) !== ((this.#written + terms.length) >> PAGE_BITS) || this.#pages.length === 0) {
      this.#written = this.#pages.length * PAGE
      this.#pages.push(new Uint32Array(PAGE))
    }
    this.#from[doc] = this.#written
    this.#many[doc] = terms.length
    const page = this.#pages[this.#written >> PAGE_BITS]!
    for (const term of terms) {
      page[this.#written++ & (PAGE - 1)] = term
      this.#append(term, doc)
    }
  }

  /** How many accounts have the word. */
  count(term: number): number {
    return this.#counts[term] ?? 0
  }

  /** Accounts with the word in ascending order; only the first `count(term)` of them are any. */
  accountsWith(term: number): Uint32Array {
    return this.#accounts[term] ?? nobody
  }

  /** The least of the account's words by `costs` (0: not asked for), and by `costOf` where it is given; 0 for none. */
  leastOf(doc: number, costs: Uint8Array, costOf: ((term: number) => number) | null): number {
    const from = this.#from[doc]!
    const page = this.#pages[from >> PAGE_BITS]!
    const start = from & (PAGE - 1)
    const end = start + this.#many[doc]!
    let least = 0
    for (let at = start; at < end; at++) {
      const term = page[at]!
      const cost = costs[term]! || (costOf?.(term) ?? 0)
      if (cost !== 0 && (least === 0 || cost < least)) least = cost
    }
    return least
  }

  #append(term: number, doc: number): void {
    const count = this.#counts[term] ?? 0
    let list = this.#accounts[term]
    if (!list || count === list.length) {
      const grown = new Uint32Array(Math.max(FIRST_DOCS, Math.ceil(count * GROWTH)))
      if (list) grown.set(list)
      list = this.#accounts[term] = grown
    }
    list[count] = doc
    this.#counts[term] = count + 1
  }

  #widen(doc: number): void {
    const length = Math.max(doc + 1, Math.ceil(this.#from.length * GROWTH))
    const [from, many] = [this.#from, this.#many]
    this.#from = new Uint32Array(length)
    this.#from.set(from)
    this.#many = new Uint8Array(length)
    this.#many.set(many)
  }
}
