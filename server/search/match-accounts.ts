import type { MeantWords } from './expand-word.ts'
import type { PostingLists } from './posting-lists.ts'

/** One word to be found. */
export interface SoughtWord extends MeantWords {
  /** What it costs not to have it; null: it must be there. */
  missingCost: number | null
  /** Where a word of an account may do that is not listed: the cost of having it, null for none. */
  costOf?: (word: string) => number | null
  /** How many accounts have any of its terms, those with several counted several times; Infinity when they are not all listed. */
  accounts: number
}

/** Accounts of the first word that are looked at; what is asked that widely cannot tell anybody apart. */
const MOST_CANDIDATES = 80_000
/** Looking into an account costs a tenth of a microsecond or two. */
const MOST_LOOKED_INTO = 10_000
/** Nearest first, so what is left out is no nearer. */
const MOST_KEPT = 2_000
/** Going through a word's accounts one after another is so many times cheaper than looking into an account. */
const SEQUENTIAL_IS_CHEAPER = 32
const FAR = 255

/**
 * Accounts that have all the words, with the sum of the least costs. Begins with the word that the fewest have. Reuses its memory
 * from call to call; nothing of it is left in between.
 */
export class AccountMatcher {
  readonly #lists: PostingLists
  #sums = new Uint16Array(1)
  #marks = new Uint8Array(1)
  #costs = new Uint8Array(1)
  /** Of words that were asked for their cost: 1 more than it, FAR for none. */
  #asked = new Uint8Array(1)

  readonly #words: readonly string[]

  /** @param words of the terms */
  constructor(lists: PostingLists, words: readonly string[]) {
    this.#lists = lists
    this.#words = words
  }

  sought(meant: MeantWords, missingCost: number | null): SoughtWord {
    let accounts = 0
    for (const term of meant.terms) accounts += this.#lists.count(term)
    return { ...meant, missingCost, accounts: meant.begun.length > 0 ? Infinity : accounts }
  }

  /**
   * Calls for the accounts found, without those that are further than `within` beyond the `least` nearest.
   * @param docs how many accounts were ever added @param terms how many words there are @param isThere false for what was replaced since @returns how many there were
   */
  match(words: readonly SoughtWord[], docs: number, terms: number, wanted: { least: number; within: number }, isThere: (doc: number) => boolean, take: (doc: number, cost: number) => void): number {
    this.#fit(docs, terms)
    const [first, ...others] = words.toSorted((one, other) => Number(one.missingCost !== null) - Number(other.missingCost !== null) || one.accounts - other.accounts)
    if (!first || first.missingCost !== null || words.some(({ missingCost, accounts }) => missingCost === null && accounts === 0)) return 0
    let candidates = this.#begin(first, isThere, others.length === 0 ? MOST_KEPT : MOST_CANDIDATES)
    for (const [place, word] of others.entries()) {
      const byList = word.missingCost === null && word.accounts < Math.min(candidates.length, MOST_LOOKED_INTO) * SEQUENTIAL_IS_CHEAPER
      candidates = byList ? this.#keepListed(candidates, word) : this.#keepHaving(candidates, word, place === others.length - 1 ? MOST_KEPT : MOST_CANDIDATES)
    }
    const furthest = this.#costOfNearest(candidates, wanted.least) + wanted.within
    for (const doc of candidates) {
      const cost = this.#sums[doc]! - 1
      if (cost <= furthest) take(doc, cost)
      this.#sums[doc] = 0
    }
    return candidates.length
  }

  /** The cost of the furthest of the so many nearest. */
  #costOfNearest(candidates: readonly number[], least: number): number {
    const nearest: number[] = []
    for (const doc of candidates) {
      const cost = this.#sums[doc]! - 1
      if (nearest.length === least && cost >= nearest[0]!) continue
      if (nearest.length === least) nearest.shift()
      nearest.push(cost)
      nearest.sort((one, other) => other - one)
    }
    return nearest[0] ?? 0
  }

  #begin({ terms, costs }: SoughtWord, isThere: (doc: number) => boolean, most: number): number[] {
    const candidates: number[] = []
    for (const [place, term] of terms.entries()) {
      const list = this.#lists.accountsWith(term)
      const count = this.#lists.count(term)
      for (let at = 0; at < count && candidates.length < most; at++) {
        const doc = list[at]!
        if (this.#sums[doc] !== 0 || !isThere(doc)) continue
        this.#sums[doc] = costs[place]! + 1
        candidates.push(doc)
      }
      if (candidates.length >= most) break
    }
    return candidates
  }

  #keepListed(candidates: readonly number[], { terms, costs }: SoughtWord): number[] {
    for (const [place, term] of terms.entries()) {
      const list = this.#lists.accountsWith(term)
      const count = this.#lists.count(term)
      const mark = costs[place]! + 1
      for (let at = 0; at < count; at++) {
        const doc = list[at]!
        if (this.#sums[doc] !== 0 && this.#marks[doc] === 0) this.#marks[doc] = mark
      }
    }
    const kept: number[] = []
    for (const doc of candidates) {
      const mark = this.#marks[doc]!
      this.#marks[doc] = 0
      if (mark === 0) this.#sums[doc] = 0
      else {
        this.#sums[doc] = this.#sums[doc]! + mark - 1
        kept.push(doc)
      }
    }
    return kept
  }

  #keepHaving(candidates: readonly number[], { terms, costs, begun, missingCost, costOf: costOfWord }: SoughtWord, most: number): number[] {
    const once: number[] = []
    const ask = costOfWord ?? (begun.length === 0 ? null : (word: string) => begun.find(({ beginning }) => word.startsWith(beginning))?.cost ?? null)
    const costOf = ask && ((term: number) => this.#askOnce(term, ask, once))
    for (const [place, term] of terms.entries()) this.#costs[term] = costs[place]! + 1
    const kept: number[] = []
    for (const [place, doc] of candidates.entries()) {
      const isOver = kept.length >= most || place >= MOST_LOOKED_INTO
      const cost = isOver ? 0 : this.#lists.leastOf(doc, this.#costs, costOf)
      if (isOver || (cost === 0 && missingCost === null)) {
        this.#sums[doc] = 0
        continue
      }
      this.#sums[doc] = this.#sums[doc]! + (cost === 0 ? missingCost! : cost - 1)
      kept.push(doc)
    }
    for (const term of terms) this.#costs[term] = 0
    for (const term of once) this.#asked[term] = 0
    return kept
  }

  #askOnce(term: number, costOf: (word: string) => number | null, once: number[]): number {
    const known = this.#asked[term]!
    if (known !== 0) return known === FAR ? 0 : known
    const cost = costOf(this.#words[term]!)
    this.#asked[term] = cost === null ? FAR : cost + 1
    once.push(term)
    return cost === null ? 0 : cost + 1
  }

  #fit(docs: number, terms: number): void {
    if (this.#sums.length < docs) {
      this.#sums = new Uint16Array(Math.ceil(docs * 1.25))
      this.#marks = new Uint8Array(this.#sums.length)
    }
    if (this.#costs.length < terms) {
      this.#costs = new Uint8Array(Math.ceil(terms * 1.25))
      this.#asked = new Uint8Array(this.#costs.length)
    }
  }
}
