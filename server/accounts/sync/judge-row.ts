import { accountNumberKey, type Account } from '../../../domain/account.ts'
import { MOST_REJECTED_SHOWN, type AccountsSynced } from '../../../domain/operations.ts'
import type { Utility } from '../../../domain/utility.ts'
import { parseCoreAccount } from '../../core-system/parse-core-account.ts'

const MOST_NUMBER_CHARS = 64

/** For rows that say neither: country of phone numbers, language of a customer. */
export interface RowDefaults {
  country: string
  language: Account['language']
}

export function rowDefaults({ defaultCountry, locales }: Pick<Utility, 'defaultCountry' | 'locales'>): RowDefaults {
  return { country: defaultCountry, language: locales[0] ?? 'en' }
}

export type RejectedRow = AccountsSynced['rejectedRows'][number]

export type JudgedRow =
  | { key: string; account: Account }
  /** `key`: of the account that it seems to be about; null when not even that can be read. */
  | { key: string | null; rejected: Omit<RejectedRow, 'row'> }

/** A row of the core system as an account, or why it is none. */
export function judgeRow(row: unknown, defaults: RowDefaults): JudgedRow {
  const parsed = parseCoreAccount(row, defaults)
  if ('account' in parsed) return { key: accountNumberKey(parsed.account.accountNumber), account: parsed.account }
  const number = numberOf(row)
  const { field, rule } = parsed.problems[0] ?? { field: 'row', rule: 'cannot be read' }
  return { key: number === null ? null : accountNumberKey(number), rejected: { account: number, field, rule } }
}

function numberOf(row: unknown): string | null {
  const number = typeof row === 'object' && row !== null ? (row as { accountNumber?: unknown }).accountNumber : undefined
  const text = typeof number === 'string' || typeof number === 'number' ? String(number).trim().slice(0, MOST_NUMBER_CHARS) : ''
  return accountNumberKey(text) === '' ? null : text
}

/** Counts rows that are rejected and keeps the first ones. Changes `tally`. */
export function reject(tally: { rejected: number; rejectedRows: RejectedRow[] }, row: RejectedRow): void {
  tally.rejected++
  if (tally.rejectedRows.length < MOST_REJECTED_SHOWN) tally.rejectedRows.push(row)
}

const POSTAL_CODES: Record<string, RegExp> = { US: /^\d{5}(-?\d{4})?$/, CA: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i, MX: /^\d{5}$/ }
const ANY_POSTAL_CODE = /^(?=.*\d)[A-Z0-9][A-Z0-9 -]{1,9}$/i
const HAS_LETTER = /\p{L}/u
const HAS_DIGITS = /\d{3}/

/** Columns that cannot be what they are called: a shifted file shows here, also when nothing was known before. */
export function misshapenColumns({ personal: { address } }: Account, country: string): string[] {
  const misshapen: string[] = []
  if (!(POSTAL_CODES[country] ?? ANY_POSTAL_CODE).test(address.postalCode)) misshapen.push('address.postalCode')
  if (!HAS_LETTER.test(address.line1)) misshapen.push('address.line1')
  if (!HAS_LETTER.test(address.city) || HAS_DIGITS.test(address.city)) misshapen.push('address.city')
  if (address.state !== undefined && !HAS_LETTER.test(address.state)) misshapen.push('address.state')
  return misshapen
}
