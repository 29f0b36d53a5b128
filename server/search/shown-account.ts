import type { FoundAccount } from '../../domain/account-search.ts'
import { matchedWords } from './matched-words.ts'
import type { KeptAccount } from './search-store.ts'

/** As much of it as it takes to choose it. */
export function shownOf(account: KeptAccount, typed: string): FoundAccount {
  const { accountNumber, name, line1, line2, city, phones, closed, flags, asOf } = account
  return {
    accountNumber, name, street: [line1, line2].filter(Boolean).join(', '), town: city, phoneEnds: phones.map((phone) => phone.slice(-4)), closed, flags, asOf,
    matched: matchedWords(typed, account),
  }
}
