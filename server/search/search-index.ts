import { DIGIT_CHARS, digitsOf, digitsTyped, FEWEST_KEY_CHARS, MAILBOX_CHARS, mailboxOf, mailboxTyped, type SearchedAccount, wordsOf } from './searched-account.ts'
import { typedWords, type TypedWord } from './search-text.ts'
import { AccountMatcher, type SoughtWord } from './match-accounts.ts'
import { isShort, type Level, LEVELS, WordExpander } from './expand-word.ts'
import { KeyIndex } from './key-index.ts'
import { TextPacker } from './text-packer.ts'
import { PostingLists } from './posting-lists.ts'
import { slipCost } from './slip-cost.ts'
import { Sounds } from './sounds.ts'
import { Vocabulary } from './vocabulary.ts'

export interface FoundDoc {
  doc: number
  /** Less is nearer; equal ones are equally good. */
  cost: number
}

const digitPacker = new TextPacker('0123456789', DIGIT_CHARS)
const mailboxPacker = new TextPacker('abcdefghijklmnopqrstuvwxyz0123456789', MAILBOX_CHARS)
const FEWEST_EDITED = 6
/** More digits in one are no house number or postal code. */
const MOST_NUMBER_CHARS = 6
/** With an account so near the search ends: to look for more slips among millions takes longer than somebody types. */
const NEAR_COST = 20
/** When the nearest is further away, one word may be more than its spelling allows for. */
const FAR_COST = 39
const MOST_BY_KEY = 64
const MISSING_STREET_WORD = 4
const MISSING_WORD = 40
/** A word with more slips for each of its letters is another word. */
const MOST_COST_PER_LETTER = 4
const COST = { wholeKey: 0, begunKey: 2, closed: 3, mailbox: 3, within: 4 } as const
/** Of several words together; what is beyond is no match that anybody looks for. */
const MOST_COST = 255
const STATE = { gone: 0, open: 1, closed: 2 } as const

/**
 * Accounts in memory, found while they are typed: by words of name and place with misspellings, by beginnings of numbers and
 * of mail addresses. About 400 bytes an account. An account that changes is added again under a new number.
 */
export class SearchIndex {
  readonly #vocabulary = new Vocabulary()
  readonly #sounds = new Sounds()
  readonly #lists = new PostingLists()
  readonly #expander = new WordExpander(this.#vocabulary, this.#sounds)
  readonly #matcher = new AccountMatcher(this.#lists, this.#vocabulary.words)
  readonly #digits = new KeyIndex(digitPacker)
  readonly #mailboxes = new KeyIndex(mailboxPacker)
  /** The characters of each mailbox that its key has no room for. */
  #mailboxRests = new Float64Array(1 << 12)
  #states = new Uint8Array(1 << 12)
  /** How many words each account's name has. */
  #nameWords = new Uint8Array(1 << 12)
  #docs = 0
  #size = 0
  #gone = 0

  /** Accounts that were ever added. */
  get size(): number {
    return this.#size
  }

  /** Those of them that were removed and are still in memory. */
  get gone(): number {
    return this.#gone
  }

  /** @param doc greater than every one before */
  add(doc: number, account: SearchedAccount): void {
    if (doc >= this.#states.length) {
      const states = this.#states
      this.#states = new Uint8Array(Math.ceil((doc + 1) * 1.5))
      this.#states.set(states)
      const nameWords = this.#nameWords
      this.#nameWords = new Uint8Array(this.#states.length)
      this.#nameWords.set(nameWords)
      const rests = this.#mailboxRests
      this.#mailboxRests = new Float64Array(this.#states.length)
      this.#mailboxRests.set(rests)
    }
    this.#docs = doc + 1
    this.#size++
    this.#states[doc] = account.closed ? STATE.closed : STATE.open
    const words = [...new Set(wordsOf(account))]
    this.#nameWords[doc] = words.filter((word) => word.startsWith('n')).length
    this.#lists.add(doc, words.map((word) => this.#term(word)))
    for (const digits of digitsOf(account)) this.#digits.add(digits, doc)
    if (account.email !== undefined) {
      const mailbox = mailboxOf(account.email)
      this.#mailboxes.add(mailbox, doc)
      this.#mailboxRests[doc] = mailboxPacker.pack(mailbox.slice(MAILBOX_CHARS))
    }
  }

  /** One that it does not have is passed over. */
  remove(doc: number): void {
    if (!this.#states[doc]) return
    this.#states[doc] = STATE.gone
    this.#gone++
  }

  /** The nearest accounts, nearest first. @param typed anything; only letters and digits count */
  find(typed: string, limit: number): FoundDoc[] {
    const found = new Map<number, number>()
    const take = (doc: number, cost: number) => {
      const known = found.get(doc)
      if (this.#states[doc] !== STATE.gone && (known === undefined || cost < known)) found.set(doc, cost)
    }
    const words = typedWords(typed)
    const digits = digitsTyped(typed)
    if (digits !== null) this.#byKey(digits, digitPacker, (text, each) => this.#digits.beginningWith(text, MOST_BY_KEY, each), limit, take)
    const mailbox = mailboxTyped(typed)
    if (mailbox !== null) this.#byKey(mailbox, mailboxPacker, (text, each) => this.#mailboxesBeginning(text, each), limit, (doc, cost) => take(doc, cost + COST.mailbox))
    // Letters alone are a name as well: that somebody's mailbox begins so hides nobody who is called about so.
    const isByKey = !/^\p{L}+$/u.test(typed.trim()) && found.values().some((cost) => cost <= NEAR_COST)
    if (digits === null || digits.length <= MOST_NUMBER_CHARS) this.#byWords(words, limit, isByKey ? LEVELS.slice(0, 1) : LEVELS, take)
    return this.#nearest(found, limit)
  }

  #byWords(words: readonly TypedWord[], limit: number, levels: readonly Level[], take: (doc: number, cost: number) => void): void {
    let nearest = MOST_COST
    const takeFound = (doc: number, cost: number) => {
      if (cost < nearest) nearest = cost
      take(doc, cost)
    }
    const match = (sought: readonly SoughtWord[]) => this.#matcher.match(sought, this.#docs, this.#vocabulary.size, { least: limit, within: COST.closed }, (doc) => this.#states[doc] !== STATE.gone, takeFound)
    const someNeeded = words.some(({ optional }) => !optional)
    // One must be listed for the others to be looked for in what has it.
    const listAll = words.every((word) => isShort(word) || (word.optional && someNeeded))
    let sought: SoughtWord[] = []
    for (const level of levels) {
      sought = words.map((word) => this.#matcher.sought(this.#expander.expand(word, level, listAll), word.optional && someNeeded ? MISSING_STREET_WORD : null))
      const found = match(sought)
      if (level === 0 ? found >= limit : nearest <= NEAR_COST) return
    }
    // One word that nothing is like must not hide what the others find; of what they find, the nearest to that word is nearest.
    if (levels.length < LEVELS.length || nearest <= FAR_COST || sought.filter(({ missingCost }) => missingCost === null).length < 2) return
    for (const [place, word] of sought.entries()) {
      if (word.missingCost === null) match(sought.with(place, { ...word, missingCost: MISSING_WORD, costOf: costWithinAccount(words[place]!) }))
    }
  }

  #byKey(text: string, packer: TextPacker, look: (text: string, each: (doc: number, whole: boolean) => boolean) => void, limit: number, take: (doc: number, cost: number) => void): void {
    if (text.length < FEWEST_KEY_CHARS) return
    let found = 0
    look(text, (doc, whole) => {
      if (this.#states[doc] === STATE.gone) return false
      found++
      take(doc, whole ? COST.wholeKey : COST.begunKey)
      return true
    })
    if (found >= limit || text.length < FEWEST_EDITED) return
    for (const near of packer.oneEditFrom(text)) {
      look(near, (doc, whole) => {
        take(doc, slipCost(text, near) + (whole ? COST.wholeKey : COST.begunKey))
        return true
      })
    }
  }

  #mailboxesBeginning(text: string, each: (doc: number, whole: boolean) => boolean): void {
    const { from, until } = mailboxPacker.range(text.slice(MAILBOX_CHARS))
    this.#mailboxes.beginningWith(text.slice(0, MAILBOX_CHARS), MOST_BY_KEY, (doc, whole) => {
      const rest = this.#mailboxRests[doc]!
      return rest >= from && rest < until && each(doc, whole && rest === from)
    })
  }

  #nearest(found: ReadonlyMap<number, number>, limit: number): FoundDoc[] {
    const nearest: (FoundDoc & { words: number })[] = []
    for (const [doc, costOpen] of found) {
      const cost = costOpen + (this.#states[doc] === STATE.closed ? COST.closed : 0)
      const furthest = nearest.length === limit ? nearest.at(-1)! : null
      if (furthest && cost > furthest.cost) continue
      const one = { doc, cost, words: this.#nameWords[doc]! }
      if (furthest && !isNearer(one, furthest)) continue
      if (furthest) nearest.pop()
      nearest.splice(nearest.findLastIndex((other) => isNearer(other, one)) + 1, 0, one)
    }
    return nearest.map(({ doc, cost }) => ({ doc, cost }))
  }

  #term(word: string): number {
    const known = this.#vocabulary.size
    const term = this.#vocabulary.add(word)
    if (term === known && !word.startsWith('#')) this.#sounds.add(word[0]!, word.slice(1), term)
    return term
  }
}

/** Of equals the one whose name says the least more, then the one that was there before. */
function isNearer(one: FoundDoc & { words: number }, other: FoundDoc & { words: number }): boolean {
  return (one.cost - other.cost || one.words - other.words || one.doc - other.doc) < 0
}

/** What it costs that a word of an account which has all other words was meant: more slips are likely there than among all words. */
function costWithinAccount({ text, isNumber, open }: TypedWord): (word: string) => number | null {
  const most = Math.min(MISSING_WORD - 1, MOST_COST_PER_LETTER * text.length + COST.within)
  return (word) => {
    if (word.startsWith('#') !== isNumber) return null
    let slips = slipCost(text, word.slice(1))
    // One letter less or more was typed of its beginning.
    const lastEnd = open ? Math.min(text.length + 2, word.length - 1) : 0
    for (let end = text.length; end <= lastEnd; end++) slips = Math.min(slips, slipCost(text, word.slice(1, end)) + COST.begunKey)
    const cost = slips + COST.within
    return cost <= most ? cost : null
  }
}
