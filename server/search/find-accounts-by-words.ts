import { createHmac } from 'node:crypto'
import type { Account, Known } from '../../domain/account.ts'
import { type AccountSearch, type FoundAccount, SEARCH_CHARS, SEARCH_ROWS, type SearchAnswer } from '../../domain/account-search.ts'
import type { Utility } from '../../domain/utility.ts'
import { searchAccounts } from '../accounts/search-accounts.ts'
import type { AuditTrail } from '../audit/record-acts.ts'
import { requirePermission } from '../identity/require-permission.ts'
import type { Staff } from '../identity/staff.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import { type StoreGuard, StoreUnavailableError } from '../platform/guarded-store.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import type { AskSearch } from './connect-to-search.ts'
import { findInSearchFile } from './find-in-search-file.ts'
import { matchedWords } from './matched-words.ts'
import { plainWords } from './search-text.ts'

export interface SearchContext {
  /** Null where no search process runs. */
  search: StoreGuard<AskSearch> | null
  /** The file of this node's search process, which outlives it; null where there is none. */
  searchFile: string | null
  sources: ReadSources
  utility: Pick<Utility, 'defaultCountry'>
  audit: Pick<AuditTrail, 'check' | 'take'>
  sessionSecret: string
}

/**
 * Accounts for what a member of staff has typed so far: nearest first, eight at the most. When the search process does not answer:
 * from its file by words as they stand and the beginning of the last, as `beginnings`; else those that one whole number, mail address
 * or street line says exactly, from the cache or the database, as `exact-only`.
 * Throws ForbiddenError, AuditUnavailableError, and ReadsUnavailableError when nobody can answer.
 */
export async function findAccountsByWords(context: SearchContext, staff: Staff, typed: string): Promise<AccountSearch> {
  requirePermission(staff, 'account.search')
  context.audit.check()
  const asked = typed.slice(0, SEARCH_CHARS)
  const answer = await askSearch(context, asked)
  const found: AccountSearch = answer ? { kind: 'all', ...answer } : await findWithoutSearch(context, asked)
  keepSearch(context, staff, asked, found.accounts)
  return found
}

/** Accounts that one whole fact says exactly, for the form of a report for a caller; kept as any search is. Throws the same. */
export async function findAccountsByFact(context: Omit<SearchContext, 'search' | 'searchFile'>, staff: Staff, typed: string): Promise<Known<Account>[]> {
  requirePermission(staff, 'account.search')
  context.audit.check()
  const found = await searchAccounts(context.sources, context.utility, typed)
  keepSearch(context, staff, typed, found.map(({ value }) => value))
  return found
}

/** Nothing was shown: nothing to keep. */
function keepSearch({ audit, sessionSecret }: Pick<SearchContext, 'audit' | 'sessionSecret'>, staff: Staff, asked: string, found: readonly { accountNumber: string }[]): void {
  if (found.length === 0) return
  audit.take({
    actor: { kind: 'staff', id: staff.staffId, role: staff.role },
    act: 'search.asked',
    subject: { kind: 'search', id: searchMark(sessionSecret, asked) },
    after: { typed: shapeOf(asked), shown: found.map(({ accountNumber }) => accountNumber) },
  })
}

/**
 * What stands for a search in the audit trail, which nothing is ever deleted from: a keyed hash of its words. Who knows what
 * to look for finds who searched for it; who reads the trail learns no name or number that was typed.
 */
export function searchMark(sessionSecret: string, typed: string): string {
  return createHmac('sha256', sessionSecret).update(`search:${plainWords(typed).join(' ')}`).digest('base64url').slice(0, 22)
}

/** How much was typed, not what: `Ana 12` → `aaa 00`. */
function shapeOf(typed: string): string {
  return plainWords(typed).map((word) => word.replace(/\p{L}/gu, 'a').replace(/\p{N}/gu, '0')).join(' ')
}

async function askSearch({ search }: SearchContext, typed: string): Promise<SearchAnswer | null> {
  try {
    return (await search?.use((ask, signal) => ask(typed, signal))) ?? null
  } catch (error) {
    if (error instanceof StoreUnavailableError) return null
    throw error
  }
}

async function findWithoutSearch(context: SearchContext, typed: string): Promise<AccountSearch> {
  const kept = context.searchFile === null ? null : findInSearchFile(context.searchFile, typed)
  if (!kept) return findExactly(context, typed)
  if (kept.accounts.length > 0) return { kind: 'beginnings', ...kept }
  // It may be newer than the file.
  const exact = await findExactly(context, typed).catch(unlessUnavailable)
  return exact && exact.accounts.length > 0 ? exact : { kind: 'beginnings', ...kept }
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof ReadsUnavailableError) return null
  throw error
}

async function findExactly({ sources, utility }: SearchContext, typed: string): Promise<AccountSearch> {
  const known = (await searchAccounts(sources, utility, typed)).slice(0, SEARCH_ROWS)
  const asOf = known.map((one) => one.asOf).toSorted()[0] ?? null
  return { kind: 'exact-only', complete: false, asOf, accounts: known.map((one) => shownOf(one, typed)) }
}

function shownOf({ value: { accountNumber, meterNumber, personal }, asOf }: Known<Account>, typed: string): FoundAccount {
  const { name, phones, address } = personal
  const { line1, line2, city } = address
  return {
    accountNumber, name, street: [line1, line2].filter(Boolean).join(', '), town: city, phoneEnds: phones.map((phone) => phone.slice(-4)), closed: false, flags: [], asOf,
    matched: matchedWords(typed, { accountNumber, meterNumber, name, line1, ...(line2 === undefined ? {} : { line2 }), city, postalCode: address.postalCode, phones, closed: false }),
  }
}
