import { addressKey } from '../../domain/address-key.ts'
import { plainText } from '../../domain/plain-text.ts'

const MOST_WORDS = 8
const MOST_WORD_CHARS = 24
const ORDINAL = /^\d+(st|nd|rd|th)$/

/** Words of an address that say little about which one it is. A typed one may be missing in an account. */
const STREET_WORDS = new Set('st ave rd dr ln ct pl blvd ter cir hwy pkwy sq trl way n s e w ne nw se sw apt'.split(' '))

/** As they are said and typed in full; an address is kept with the short ones. */
const STREET_WORDS_IN_FULL = 'street avenue road drive lane court place boulevard terrace circle highway parkway square trail north south east west'.split(' ').map((inFull) => ({ inFull, short: addressKey(inFull) }))
const UNIT_WORDS = ['apartment', 'unit', 'suite', 'number']
const FEWEST_OF_UNIT = 2

/** A kind of word: of a name, of a place, or a number in an address. */
export type WordField = 'n' | 'p' | '#'

export interface TypedWord {
  text: string
  /** The street word that it stands for, as `st` for street; else the text. */
  short: string
  isNumber: boolean
  /** Says little: what has it is before what has not. */
  optional: boolean
  /** Perhaps still being typed. */
  open: boolean
}

/** Words of letters and digits; apostrophes stand inside one: `O'Brien-Paz` → `obrien`, `paz`. */
export function plainWords(text: string): string[] {
  return plainText(text).replace(/['’ʼ`´]/g, '').match(/[\p{L}\p{N}]+/gu)?.map((word) => word.slice(0, MOST_WORD_CHARS)) ?? []
}

/** The words of a name, and of those with an apostrophe also what follows it: `O'Brien` → `obrien`, `brien`. */
export function nameWords(name: string): string[] {
  const after = [...plainText(name).matchAll(/[\p{L}]['’ʼ`´](\p{L}{3,})/gu)].map(([, word]) => word!)
  return [...new Set([...plainWords(name), ...after])]
}

/** Words and numbers of a street line or a unit, USPS words shortened: `12 North Elm Street` → # `12`, p `n`, `elm`, `st`. */
export function placeWords(line: string): { field: 'p' | '#'; word: string }[] {
  return addressKey(line.replace(/['’ʼ`´]/g, '')).split(' ').filter((word) => word !== '' && word !== 'apt')
    .map((word) => ({ field: isNumber(word) ? '#' : 'p', word: word.slice(0, MOST_WORD_CHARS) }))
}

/** What was typed, word by word, 8 at the most. Anything but letters and digits only parts them. */
export function typedWords(typed: string): TypedWord[] {
  const words = plainWords(typed).slice(0, MOST_WORDS)
  const open = /[\p{L}\p{N}\p{M}]$/u.test(typed)
  return words.map((text, place) => {
    const short = addressKey(text)
    const isOpen = open && place === words.length - 1
    const ofUnit = isOpen && text.length >= FEWEST_OF_UNIT && words.some(isNumber) && UNIT_WORDS.some((word) => word.startsWith(text))
    return { text, short, isNumber: isNumber(text), optional: words.length > 1 && (STREET_WORDS.has(short) || ofUnit), open: isOpen }
  })
}

/** The street words that may be meant, in full and as an address is kept: `nor` → `north`, `n`. @param isMeant whether one in full is */
export function streetWordsMeant(isMeant: (inFull: string) => boolean): { inFull: string; short: string }[] {
  return STREET_WORDS_IN_FULL.filter(({ inFull }) => isMeant(inFull))
}

function isNumber(word: string): boolean {
  return /^\d/.test(word) && !ORDINAL.test(word)
}
