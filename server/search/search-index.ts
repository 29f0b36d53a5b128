import { plainText } from '../../domain/plain-text.ts'
import { nameWords, placeWords, typedWords, type TypedWord } from './search-text.ts'
import { AccountMatcher, type SoughtWord } from './match-accounts.ts'
import { isShort, LEVELS, WordExpander } from './expand-word.ts'
import { KeyIndex } from './key-index.ts'
import { TextPacker } from './text-packer.ts'
import { PostingLists } from './posting-lists.ts'
import { slipCost } from './slip-cost.ts'
import { Sounds } from './sounds.ts'
import { Vocabulary } from './vocabulary.ts'

/** What is searched of an account. */
export interface SearchedAccount {
  accountNumber: string
  meterNumber: string
  name: string
  line1: string
  line2?: string
  city: string
  postalCode: string
  /** E.164 */
  phones: readonly string[]
  email?: string
  closed: boolean
}

export interface FoundDoc {
  doc: number
  /** Less is nearer; equal ones are equally good. */
  cost: number
}

/** As many as pack into a number. */
const DIGIT_CHARS = 15
const MAILBOX_CHARS = 10
const digitPacker = new TextPacker('0123456789', DIGIT_CHARS)
const mailboxPacker = new TextPacker('abcdefghijklmnopqrstuvwxyz0123456789', MAILBOX_CHARS)
const PHONE_TAIL = 7
const LAST_FOUR = 4
const FEWEST_KEY_CHARS = 4
const FEWEST_EDITED = 6
/** More digits in one are no house number or postal code. */
const MOST_NUMBER_CHARS = 6
/** Of accounts with one misspelling in a word so many are enough: those with two would come after them. */
const ENOUGH_NEAR = 1
const MOST_BY_KEY = 64
const MISSING_STREET_WORD = 4
const MISSING_WORD = 40
const COST = { wholeKey: 0, begunKey: 2, closed: 3, mailbox: 3 } as const
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
  #docs = 0

  /** @param doc greater than every one before */
  add(doc: number, account: SearchedAccount): void {
    if (doc >= this.#states.length) {
      const states = this.#states
      this.#states = new Uint8Array(Math.ceil((doc + 1) * 1.5))
      this.#states.set(states)
      const rests = this.#mailboxRests
      this.#mailboxRests = new Float64Array(this.#states.length)
      this.#mailboxRests.set(rests)
    }
    this.#docs = doc + 1
    this.#states[doc] = account.closed ? STATE.closed : STATE.open
    this.#lists.add(doc, [...new Set(wordsOf(account).map((word) => this.#term(word)))])
    for (const digits of digitsOf(account)) this.#digits.add(digits, doc)
    if (account.email !== undefined) {
      const mailbox = mailboxOf(account.email)
      this.#mailboxes.add(mailbox, doc)
      this.#mailboxRests[doc] = mailboxPacker.pack(mailbox.slice(MAILBOX_CHARS))
    }
  }

  remove(doc: number): void {
    this.#states[doc] = STATE.gone
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
    if (digits === null || digits.length <= MOST_NUMBER_CHARS) this.#byWords(words, limit, take)
    return this.#nearest(found, limit)
  }

  #byWords(words: readonly TypedWord[], limit: number, take: (doc: number, cost: number) => void): void {
    const match = (sought: readonly SoughtWord[]) => this.#matcher.match(sought, this.#docs, this.#vocabulary.size, (doc) => this.#states[doc] !== STATE.gone, take)
    const someNeeded = words.some(({ optional }) => !optional)
    // One must be listed for the others to be looked for in what has it.
    const listAll = words.every((word) => isShort(word) || (word.optional && someNeeded))
    let sought: SoughtWord[] = []
    let found = 0
    for (const level of LEVELS) {
      sought = words.map((word) => this.#matcher.sought(this.#expander.expand(word, level, listAll), word.optional && someNeeded ? MISSING_STREET_WORD : null))
      found = match(sought)
      if (found >= (level === 0 ? limit : ENOUGH_NEAR)) return
    }
    // One word that nothing is like must not hide what the others find.
    if (found > 0 || sought.filter(({ missingCost }) => missingCost === null).length < 2) return
    for (const [place, word] of sought.entries()) if (word.missingCost === null) match(sought.with(place, { ...word, missingCost: MISSING_WORD }))
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
    const costOf = (doc: number, cost: number) => cost + (this.#states[doc] === STATE.closed ? COST.closed : 0)
    const counts = new Uint32Array(MOST_COST + 1)
    for (const [doc, cost] of found) counts[Math.min(costOf(doc, cost), MOST_COST)]!++
    let last = 0
    for (let seen = counts[0]!; seen < limit && last < MOST_COST; seen += counts[last]!) last++
    const near = Array.from(found, ([doc, cost]) => ({ doc, cost: costOf(doc, cost) })).filter(({ cost }) => cost <= last || last === MOST_COST)
    const words = new Map(near.map(({ doc }) => [doc, this.#nameWords(doc)]))
    return near.sort((one, other) => one.cost - other.cost || words.get(one.doc)! - words.get(other.doc)! || one.doc - other.doc).slice(0, limit)
  }

  /** How many words its name has: of equals the one that says the least more is nearer. */
  #nameWords(doc: number): number {
    let words = 0
    this.#lists.wordsOf(doc, (term) => {
      if (this.#vocabulary.words[term]!.startsWith('n')) words++
    })
    return words
  }

  #term(word: string): number {
    const known = this.#vocabulary.size
    const term = this.#vocabulary.add(word)
    if (term === known && !word.startsWith('#')) this.#sounds.add(word[0]!, word.slice(1), term)
    return term
  }
}

function wordsOf({ name, line1, line2, city, postalCode, phones }: SearchedAccount): string[] {
  const places = [line1, line2 ?? '', city].flatMap((line) => placeWords(line).map(({ field, word }) => field + word))
  const numbers = [postalCode.slice(0, 5), ...phones.map((phone) => phone.slice(-LAST_FOUR))].map((number) => `#${plainText(number)}`)
  return [...nameWords(name).map((word) => `n${word}`), ...places, ...numbers]
}

/** Account and meter number without letters, each phone whole and without its area. */
function digitsOf({ accountNumber, meterNumber, phones }: SearchedAccount): string[] {
  const national = phones.map((phone) => phone.replace(/^\+1?/, ''))
  const all = [accountNumber, meterNumber, ...national, ...national.map((phone) => phone.slice(-PHONE_TAIL))].map((text) => text.replace(/\D/g, '').slice(0, DIGIT_CHARS))
  return [...new Set(all)].filter((digits) => digits.length >= FEWEST_KEY_CHARS)
}

function mailboxOf(email: string): string {
  return plainText(email.split('@')[0]!).replace(/[^a-z0-9]/g, '')
}

/** Null unless a number was typed, with the letters and signs that numbers have. */
function digitsTyped(typed: string): string | null {
  const plain = plainText(typed).trim()
  if (!/^\+?[a-z]{0,2}[\d\s().\-/]+$/.test(plain)) return null
  const digits = plain.replace(/\D/g, '')
  return (digits.length === 11 && digits.startsWith('1')) || plain.startsWith('+1') ? digits.slice(1) : digits.slice(0, DIGIT_CHARS)
}

/** Null unless it could be the beginning of a mail address. */
function mailboxTyped(typed: string): string | null {
  const plain = plainText(typed).trim()
  return /^[a-z][a-z0-9._+-]*(@[a-z0-9.-]*)?$/.test(plain) ? plain.split('@')[0]!.replace(/[^a-z0-9]/g, '').slice(0, 2 * MAILBOX_CHARS) : null
}
