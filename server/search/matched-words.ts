import { addressKey } from '../../domain/address-key.ts'
import { plainWords, typedWords } from './search-text.ts'
import type { SearchedAccount } from './searched-account.ts'
import { slipCost } from './slip-cost.ts'

/** Of a word with one slip in four letters it is shown that it was found; by its sound it may differ more. */
const COST_PER_LETTER = 4

/** Words of what is shown of an account that were typed, about or in full: as they are compared, lower case without accents. */
export function matchedWords(typed: string, { name, line1, line2, city, accountNumber }: SearchedAccount): string[] {
  const asked = typedWords(typed)
  const shown = [...new Set([name, line1, line2 ?? '', city, accountNumber].flatMap(plainWords))]
  return shown.filter((word) => {
    const key = addressKey(word)
    return asked.some(({ text, short, open }) => word === text || key === short || ((open || text.length <= 2) && word.startsWith(text)) || isAbout(text, word))
  })
}

function isAbout(text: string, word: string): boolean {
  return text.length > 2 && Math.abs(text.length - word.length) <= 3 && slipCost(text, word) <= COST_PER_LETTER * Math.min(text.length, word.length, 6)
}
