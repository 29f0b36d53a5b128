import { z } from 'zod'
import { ACCOUNT_FLAGS } from './desk-choices.ts'

/** What is typed into the search box, at most. */
export const SEARCH_CHARS = 80
export const SEARCH_ROWS = 8

const instant = z.iso.datetime()

/** As much of an account as it takes to choose it; the rest is on its page. */
const foundAccountSchema = z.object({
  accountNumber: z.string(),
  name: z.string(),
  street: z.string().describe('With its unit'),
  town: z.string(),
  phoneEnds: z.array(z.string()).describe('The last four digits of each phone'),
  closed: z.boolean(),
  flags: z.array(z.enum(ACCOUNT_FLAGS)),
  asOf: instant.describe('When this account was last told'),
  /** Words of name, street and town that were found, lower case without accents. */
  matched: z.array(z.string()),
})
export type FoundAccount = z.infer<typeof foundAccountSchema>

/** What the search process answers. */
export const searchAnswerSchema = z.object({
  accounts: z.array(foundAccountSchema).max(SEARCH_ROWS),
  /** False while it is still reading what the log had when it began: an account may be missing. */
  complete: z.boolean(),
  /** Up to when it knows of every change; null while that is not known. */
  asOf: instant.nullable(),
})
export type SearchAnswer = z.infer<typeof searchAnswerSchema>

/**
 * What the search box gets. When the search is away: `beginnings` are accounts that its file has as it left it, by words as they were typed
 * and the beginning of the last; `exact-only` those that one whole number, mail or street address says.
 */
export interface AccountSearch extends SearchAnswer {
  kind: 'all' | 'beginnings' | 'exact-only'
}
