const FIRST_NODES = 1 << 12
const DEEPEST = 40

/** Takes a term, how many edits the whole of it is away from what was asked for, and how many a beginning of it is. */
type TakeTerm = (term: number, whole: number, begun: number) => void

/**
 * Distinct words as a tree of letters, numbered from 0 as they come. Finds words that are a prefix or some edits away
 * in the time of the branches that can still match, whatever the number of words.
 */
export class Vocabulary {
  readonly words: string[] = []
  #nodes = 1
  #letter = new Uint16Array(FIRST_NODES)
  #child = new Int32Array(FIRST_NODES)
  #sibling = new Int32Array(FIRST_NODES)
  /** Term + 1; 0 where no word ends. */
  #ends = new Int32Array(FIRST_NODES)
  readonly #rows = Array.from({ length: DEEPEST + 2 }, () => new Uint8Array(DEEPEST + 2))
  readonly #path = new Uint16Array(DEEPEST + 2)

  get size(): number {
    return this.words.length
  }

  /** The word's number; a new one when it is not known yet. */
  add(word: string): number {
    let node = 0
    for (let at = 0; at < word.length; at++) node = this.#step(node, word.charCodeAt(at)) || this.#grow(node, word.charCodeAt(at))
    if (this.#ends[node] === 0) this.#ends[node] = this.words.push(word)
    return this.#ends[node]! - 1
  }

  /** Null for a word that is not there. */
  find(word: string): number | null {
    const node = this.#walk(word)
    return node === null || this.#ends[node] === 0 ? null : this.#ends[node]! - 1
  }

  /** Words that begin so, itself included, at most so many. */
  beginningWith(prefix: string, most: number, take: (term: number) => void): void {
    const from = this.#walk(prefix)
    if (from === null) return
    const stack = [from]
    for (let taken = 0; stack.length > 0 && taken < most; ) {
      const node = stack.pop()!
      if (this.#ends[node] !== 0) {
        take(this.#ends[node]! - 1)
        taken++
      }
      for (let child = this.#child[node]!; child !== 0; child = this.#sibling[child]!) stack.push(child)
    }
  }

  /**
   * Words within so many edits (insert, delete, substitute, swap of neighbours), or that go on after a beginning within so many;
   * the first letter of `word` is fixed: it is the field. With two edits the second letter is one of the first two that were typed,
   * which leaves a twentieth of the branches. @param begunEdits less than 0: whole words alone @param most at most so many
   */
  near(word: string, edits: number, begunEdits: number, most: number, take: TakeTerm): void {
    const start = this.#step(0, word.charCodeAt(0))
    if (start === 0 || word.length > DEEPEST - 4) return
    const asked = Uint16Array.from({ length: word.length - 1 }, (_, at) => word.charCodeAt(at + 1))
    for (let at = 0; at <= asked.length; at++) this.#rows[0]![at] = at
    let left = most
    const visit = (node: number, depth: number, begun: number): void => {
      for (let child = this.#child[node]!; child !== 0 && left > 0; child = this.#sibling[child]!) {
        const letter = this.#letter[child]!
        if (depth === 1 && edits > 1 && letter !== asked[0] && letter !== asked[1]) continue
        const least = this.#row(depth, letter, asked)
        const whole = this.#rows[depth]![asked.length]!
        const beginning = whole < begun ? whole : begun
        const end = this.#ends[child]!
        if (end !== 0 && (whole <= edits || beginning <= begunEdits)) {
          take(end - 1, whole, beginning)
          left--
        }
        if ((least <= edits || beginning <= begunEdits) && depth < DEEPEST - 1) visit(child, depth + 1, beginning)
      }
    }
    visit(start, 1, DEEPEST)
  }

  /** Fills the row of a depth. @returns the least in it */
  #row(depth: number, letter: number, asked: Uint16Array): number {
    const row = this.#rows[depth]!
    const above = this.#rows[depth - 1]!
    this.#path[depth] = letter
    row[0] = depth
    let least = depth
    for (let at = 1; at <= asked.length; at++) {
      let cost = above[at - 1]! + (asked[at - 1] === letter ? 0 : 1)
      if (above[at]! + 1 < cost) cost = above[at]! + 1
      if (row[at - 1]! + 1 < cost) cost = row[at - 1]! + 1
      if (depth > 1 && at > 1 && asked[at - 2] === letter && asked[at - 1] === this.#path[depth - 1]) {
        const swapped = this.#rows[depth - 2]![at - 2]! + 1
        if (swapped < cost) cost = swapped
      }
      row[at] = cost
      if (cost < least) least = cost
    }
    return least
  }

  #walk(word: string): number | null {
    let node = 0
    for (let at = 0; at < word.length; at++) {
      node = this.#step(node, word.charCodeAt(at))
      if (node === 0) return null
    }
    return node
  }

  /** 0, the root, when there is no such branch. */
  #step(node: number, letter: number): number {
    let child = this.#child[node]!
    while (child !== 0 && this.#letter[child] !== letter) child = this.#sibling[child]!
    return child
  }

  #grow(node: number, letter: number): number {
    if (this.#nodes === this.#letter.length) {
      this.#letter = wider(this.#letter)
      this.#child = wider(this.#child)
      this.#sibling = wider(this.#sibling)
      this.#ends = wider(this.#ends)
    }
    const grown = this.#nodes++
    this.#letter[grown] = letter
    this.#sibling[grown] = this.#child[node]!
    this.#child[node] = grown
    return grown
  }
}

function wider<T extends Uint16Array | Int32Array>(array: T): T {
  // Of the same class as its argument.
  const grown = new (array.constructor as new (length: number) => T)(array.length * 2)
  grown.set(array)
  return grown
}
