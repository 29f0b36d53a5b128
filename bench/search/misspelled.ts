import { drawn } from './made-words.ts'

const ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/ph/, 'f'], [/f/, 'ph'], [/z/, 's'], [/s(?=[aeiou])/, 'z'], [/ck/, 'k'], [/c(?=[aou])/, 'k'], [/k/, 'c'], [/ie/, 'ei'], [/ei/, 'ie'], [/ll/, 'l'], [/nn/, 'n'], [/tt/, 't'], [/ss/, 's'],
  [/y\b/, 'ie'], [/i\b/, 'y'], [/gh/, 'g'], [/b(?=[aeiou])/, 'v'], [/v/, 'b'], [/qu/, 'kw'], [/j/, 'h'], [/oo/, 'u'], [/ee/, 'ea'], [/ai/, 'ay'], [/wh/, 'w'], [/th/, 't'],
]

/** One slip: a letter too many, too few, another, two swapped, or written as it sounds. */
export function misspelled(text: string, random: () => number): string {
  const places = Array.from(text, (character, at) => ({ character, at })).flatMap(({ character, at }) => (/[\p{L}\p{N}]/u.test(character) ? [at] : []))
  if (places.length === 0) return text
  const at = drawn(random, places)
  const kind = Math.floor(random() * 5)
  const letter = text[at]!
  const [before, after] = [text.slice(0, at), text.slice(at + 1)]
  if (kind === 0) return before + (random() < 0.5 ? letter : nextKey(letter, random)) + letter + after
  if (kind === 1) return before + after
  if (kind === 2 && /^[\p{L}\p{N}]/u.test(after)) return before + after[0]! + letter + after.slice(1)
  if (kind === 3) {
    const fitting = SOUNDS.filter(([heard]) => heard.test(text))
    if (fitting.length > 0) return text.replace(...drawn(random, fitting))
  }
  return before + nextKey(letter, random) + after
}

/** The neighbour on the keyboard, or any letter or digit of its kind. */
function nextKey(letter: string, random: () => number): string {
  const row = ROWS.find((keys) => keys.includes(letter))
  if (!row || random() < 0.3) return /\d/.test(letter) ? String(Math.floor(random() * 10)) : String.fromCharCode(97 + Math.floor(random() * 26))
  const at = row.indexOf(letter)
  return row[at === 0 || (at < row.length - 1 && random() < 0.5) ? at + 1 : at - 1]!
}
