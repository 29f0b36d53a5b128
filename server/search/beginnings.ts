import { digitsOf, digitsTyped, FEWEST_KEY_CHARS, mailboxOf, mailboxTyped, type SearchedAccount, wordsOf } from './searched-account.ts'
import { typedWords } from './search-text.ts'

/** Shorter beginnings are those of a great many words. */
const FEWEST_CHARS = 3

/** Everything that an account is found by without slips: words of name and place, numbers, and its mailbox. */
export function beginningsOf(account: SearchedAccount): string {
  const words = [...wordsOf(account).map((word) => word.slice(1)), ...digitsOf(account), ...(account.email === undefined ? [] : [mailboxOf(account.email)])]
  return [...new Set(words)].filter(Boolean).join(' ')
}

/**
 * The full-text query for what was typed: all words as they stand, the last one also as a beginning; a phone, account or meter number
 * or a mail address as one. Null when too little was typed.
 */
export function beginningsQuery(typed: string): string | null {
  const words = typedWords(typed)
  const some = words.filter(({ optional }) => !optional)
  const sought = some.length > 0 ? some : words
  const queries = [sought.map(({ text, short, open }) => (open && text.length >= FEWEST_CHARS ? `${quoted(text)}*` : anyOf(text, short))).join(' AND ')]
  for (const key of [digitsTyped(typed), mailboxTyped(typed)]) if (key !== null && key.length >= FEWEST_KEY_CHARS) queries.push(`${quoted(key)}*`)
  const asked = queries.filter(Boolean)
  return asked.length === 0 ? null : asked.map((query) => `(${query})`).join(' OR ')
}

function anyOf(text: string, short: string): string {
  return text === short ? quoted(text) : `(${quoted(text)} OR ${quoted(short)})`
}

/** Of letters and digits alone: nothing in it ends the quotes. */
function quoted(word: string): string {
  return `"${word}"`
}
