import { streetWordsMeant, type TypedWord, type WordField } from './search-text.ts'
import { slipCost } from './slip-cost.ts'
import type { Sounds } from './sounds.ts'
import type { Vocabulary } from './vocabulary.ts'

/** How far from what was typed: as it is; as it may be misspelled once or sounds; misspelled twice. */
export const LEVELS = [0, 1, 2] as const
export type Level = (typeof LEVELS)[number]

/** Words of accounts that may be meant by a typed one, nearest first. */
export interface MeantWords {
  terms: readonly number[]
  /** Of each of them. */
  costs: readonly number[]
  /** So many words begin like this that they are not listed: what a word of an account must begin with, and its cost. */
  begun: readonly { beginning: string; cost: number }[]
}

const MOST_BEGINNING = 4_000
const MOST_NEAR = 1_500
/** Less is nearer. A word of a place costs one more than a name's. */
const COST = { whole: 0, begun: 2, begunBefore: 4, sounds: 9, begunOneEdit: 14, sounding: 16, begunTwoEdits: 24, number: 3 } as const
const PLACE = 1
const MOST_COST = 30
/** Words so short are typed for what begins with them: `j smith`. */
const INITIALS = 2
const SHORTEST = { edit: 3, begunEdit: 3, twoEdits: 4, begunTwoEdits: 6, number: 2, twoNumberEdits: 4 } as const
/** What sounds alike and is further away is another name. */
const SOUNDS_WITHIN_COST = 36
const SOUNDS_CLOSE_COST = 24
const NONE = -1
/** Whoever goes on typing asks for the words before at each letter again. A word takes some kilobytes, seldom a hundred. */
const MOST_REMEMBERED = 1_000

/** Finds the words that may be meant. Reuses its memory from word to word. */
export class WordExpander {
  readonly #vocabulary: Vocabulary
  readonly #sounds: Sounds
  /** Cost + 1 of each term that was found. */
  #costs = new Uint8Array(1)
  #found: number[] = []
  /** What was found for words asked for lately, oldest first; true as long as no new word has come. */
  readonly #remembered = new Map<string, MeantWords>()
  #rememberedOf = 0

  constructor(vocabulary: Vocabulary, sounds: Sounds) {
    this.#vocabulary = vocabulary
    this.#sounds = sounds
  }

  /** @param listAll whether words are listed also when what they begin with is very short */
  expand(word: TypedWord, level: Level, listAll: boolean): MeantWords {
    if (this.#rememberedOf !== this.#vocabulary.size) this.#remembered.clear()
    this.#rememberedOf = this.#vocabulary.size
    const key = [level, listAll, word.isNumber, word.open, word.short, word.text].join(' ')
    const meant = this.#remembered.get(key) ?? this.#expand(word, level, listAll)
    this.#remembered.delete(key)
    this.#remembered.set(key, meant)
    if (this.#remembered.size > MOST_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!)
    return meant
  }

  #expand(word: TypedWord, level: Level, listAll: boolean): MeantWords {
    if (!listAll && isShort(word)) return this.#begun(word)
    // What is a word as it stands is hardly misspelled twice.
    if (level === 2 && this.#isWord(word)) return this.#expand(word, 1, listAll)
    if (this.#costs.length < this.#vocabulary.size) this.#costs = new Uint8Array(Math.ceil(this.#vocabulary.size * 1.25))
    if (word.isNumber) this.#expandNumber(word, level)
    else for (const field of ['n', 'p'] as const) this.#expandText(word, field, level)
    return this.#sorted()
  }

  #isWord({ text, isNumber }: TypedWord): boolean {
    return (isNumber ? ['#'] : ['n', 'p']).some((field) => this.#vocabulary.find(field + text) !== null)
  }

  #begun({ text, short, isNumber, open }: TypedWord): MeantWords {
    const cost = open ? COST.begun : COST.begunBefore
    for (const field of isNumber ? (['#'] as const) : (['n', 'p'] as const)) {
      for (const whole of new Set([field + text, field + short])) this.#take(this.#vocabulary.find(whole), COST.whole + (field === 'p' ? PLACE : 0))
    }
    if (!isNumber) this.#expandStreetWord(text, 0)
    const begun = isNumber ? (open ? [{ beginning: `#${text}`, cost }] : []) : [{ beginning: `n${text}`, cost }, { beginning: `p${text}`, cost: cost + PLACE }]
    return { ...this.#sorted(), begun: [...begun, ...(isNumber ? [{ beginning: `p${text}`, cost: COST.number }] : [])] }
  }

  #expandText({ text, open, short }: TypedWord, field: WordField, level: Level): void {
    const extra = field === 'p' ? PLACE : 0
    const asked = field + text
    for (const whole of new Set([asked, field + short])) this.#take(this.#vocabulary.find(whole), COST.whole + extra)
    const begun = open ? COST.begun : COST.begunBefore
    if (open || text.length <= INITIALS || level > 0) this.#vocabulary.beginningWith(asked, MOST_BEGINNING, (term) => this.#take(term, begun + extra))
    if (field === 'p') this.#expandStreetWord(text, level)
    if (level === 0 || text.length < SHORTEST.edit) return
    const edits = level > 1 && text.length >= SHORTEST.twoEdits ? 2 : 1
    const begunEdits = !open || text.length < SHORTEST.begunEdit ? NONE : level > 1 && text.length >= SHORTEST.begunTwoEdits ? 2 : 1
    this.#vocabulary.near(asked, edits, begunEdits, MOST_NEAR, (term, away, begunAway) => {
      if (away <= edits) this.#take(term, slipCost(text, this.#vocabulary.words[term]!.slice(1)) + extra)
      else this.#take(term, (begunAway > 1 ? COST.begunTwoEdits : COST.begunOneEdit) + extra)
    })
    for (const term of this.#sounds.alike(field, text)) {
      const away = slipCost(text, this.#vocabulary.words[term]!.slice(1))
      if (away <= SOUNDS_WITHIN_COST) this.#take(term, (away <= SOUNDS_CLOSE_COST ? COST.sounds : COST.sounding) + extra)
    }
  }

  /** `nor` and `norht` for what an address keeps as `n`. */
  #expandStreetWord(text: string, level: Level): void {
    for (const { inFull, short } of streetWordsMeant((word) => word.startsWith(text))) this.#take(this.#vocabulary.find(`p${short}`), (inFull === text ? COST.whole : COST.begun) + PLACE)
    if (level === 0 || text.length < SHORTEST.edit) return
    for (const { inFull, short } of streetWordsMeant((word) => slipCost(text, word) <= SOUNDS_CLOSE_COST / 2)) this.#take(this.#vocabulary.find(`p${short}`), slipCost(text, inFull) + PLACE)
  }

  #expandNumber({ text, open }: TypedWord, level: Level): void {
    this.#take(this.#vocabulary.find(`#${text}`), COST.whole)
    if (open || level > 0) this.#vocabulary.beginningWith(`#${text}`, MOST_BEGINNING, (term) => this.#take(term, open ? COST.begun : COST.begunBefore))
    // 42 for 42nd Street.
    this.#vocabulary.beginningWith(`p${text}`, MOST_BEGINNING, (term) => this.#take(term, COST.number))
    if (level === 0 || text.length < SHORTEST.number) return
    const edits = level > 1 && text.length >= SHORTEST.twoNumberEdits ? 2 : 1
    // 21t for 21st.
    for (const field of /\p{L}/u.test(text) ? ['#', 'p'] : ['#']) {
      this.#vocabulary.near(field + text, edits, NONE, MOST_NEAR, (term) => this.#take(term, slipCost(text, this.#vocabulary.words[term]!.slice(1))))
    }
  }

  #take(term: number | null, cost: number): void {
    if (term === null) return
    const known = this.#costs[term]!
    if (known === 0) this.#found.push(term)
    if (known === 0 || cost < known - 1) this.#costs[term] = Math.min(cost, MOST_COST) + 1
  }

  #sorted(): MeantWords {
    const byCost: number[][] = Array.from({ length: MOST_COST + 1 }, () => [])
    for (const term of this.#found) {
      byCost[this.#costs[term]! - 1]!.push(term)
      this.#costs[term] = 0
    }
    this.#found = []
    return { terms: byCost.flat(), costs: byCost.flatMap((terms, cost) => terms.map(() => cost)), begun: [] }
  }
}

/** Too little to look for other spellings of it, and the beginning of a great many words. */
export function isShort({ text, open, isNumber }: TypedWord): boolean {
  return isNumber ? open && text.length === 1 : text.length <= INITIALS
}
