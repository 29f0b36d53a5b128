import type { Account } from '../../domain/account.ts'
import type { MadeQuery } from './made-queries.ts'

/** So many others that match as well, and nobody can say which is meant. */
const TOO_MANY = 5
/** Beginnings are looked up by their first letters, then compared. */
const LOOKED_UP = 3

interface Asked {
  /** Whole words, and the last one's beginning; of a number its digits, of a mail address what was meant to be typed. */
  words: string[]
  beginning: string
  keys: boolean
  accountNumber: string
  others: number
}

/**
 * Which queries tell their account apart: fewer than five others have what was meant to be typed (its words whole, the last one as a
 * beginning; a number or mail address as a beginning). Goes through all accounts, and shares no code with what it judges.
 */
export function toldApart(queries: readonly MadeQuery[], accounts: Iterable<Account>): boolean[] {
  const asked = queries.map(askedOf)
  const byWord = new Map<string, Asked[]>()
  const byBeginning = new Map<string, Asked[]>()
  for (const one of asked) {
    const word = one.words.toSorted((left, right) => right.length - left.length)[0]
    const [index, key] = word === undefined ? [byBeginning, one.beginning.slice(0, LOOKED_UP)] : [byWord, word]
    index.set(key, [...(index.get(key) ?? []), one])
  }
  for (const account of accounts) {
    const words = new Set(wordsOf([account.personal.name, account.personal.address.line1, account.personal.address.line2 ?? '', account.personal.address.city, account.personal.address.postalCode, ...account.personal.phones.map((phone) => phone.slice(-4))].join(' ')))
    const keys = keysOf(account)
    const look = (one: Asked) => {
      if (one.others >= TOO_MANY || one.accountNumber === account.accountNumber) return
      if (one.keys ? keys.some((key) => key.startsWith(one.beginning)) : one.words.every((word) => words.has(word)) && begins(words, one.beginning)) one.others++
    }
    for (const word of words) byWord.get(word)?.forEach(look)
    const seen = new Set<Asked>()
    for (const word of [...words, ...keys]) {
      for (let end = 1; end <= Math.min(word.length, LOOKED_UP); end++) {
        for (const one of byBeginning.get(word.slice(0, end)) ?? []) {
          if (!seen.has(one)) look(one)
          seen.add(one)
        }
      }
    }
  }
  return asked.map(({ others, beginning }) => beginning !== '' && others < TOO_MANY)
}

function askedOf({ intended, kind, accountNumber }: MadeQuery): Asked {
  const isKey = ['phone', 'phone-tail', 'account-number', 'meter', 'email'].includes(kind)
  if (isKey) return { words: [], beginning: kind === 'email' ? intended : intended.replace(/\D/g, ''), keys: true, accountNumber, others: 0 }
  const words = wordsOf(intended)
  return { words: words.slice(0, -1), beginning: words.at(-1) ?? '', keys: false, accountNumber, others: 0 }
}

function keysOf({ accountNumber, meterNumber, personal }: Account): string[] {
  const phones = personal.phones.map((phone) => phone.slice(-10))
  return [accountNumber, meterNumber.replace(/\D/g, ''), ...phones, ...phones.map((phone) => phone.slice(3)), ...(personal.email === undefined ? [] : [personal.email])]
}

function begins(words: ReadonlySet<string>, beginning: string): boolean {
  for (const word of words) if (word.startsWith(beginning)) return true
  return false
}

function wordsOf(text: string): string[] {
  return text.normalize('NFD').replace(/\p{M}|['’]/gu, '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
