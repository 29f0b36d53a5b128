import type { z } from 'zod'
import { accountNumberKey, accountSchema, type Account } from '../../../domain/account.ts'
import type { CustomerColumn } from '../customer-columns.ts'
import { normalizePhone } from '../normalize-phone.ts'
import type { RawRow } from './read-rows.ts'

export interface RowProblem {
  /** Column name, or `row` for the row as a whole. */
  field: string
  /** Reads on after the field: `is missing`. */
  reason: string
}

const YES = new Set(['yes', 'y', 'true', '1', 'si', 'sí'])
const NO = new Set(['no', 'n', 'false', '0'])
const FORMS: Record<string, string> = { email: 'is not an email address', date: 'is not a date like 2026-11-21' }
const NUMBER = /^[+-]?\d+(\.\d+)?(e-?\d+)?$/i
/** NUL and other control characters but tab and line ends; halves of surrogate pairs: Postgres stores neither. */
const UNSTORABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u // oxlint-disable-line no-control-regex -- they are what is looked for

const COLUMN_OF: Record<string, CustomerColumn> = {
  accountNumber: 'account_number',
  servicePoint: 'service_point',
  meterNumber: 'meter_number',
  circuit: 'circuit',
  transformer: 'transformer',
  language: 'language',
  name: 'name',
  phones: 'phones',
  email: 'email',
  line1: 'address_line1',
  line2: 'address_line2',
  city: 'city',
  state: 'state',
  postalCode: 'postal_code',
  latitude: 'latitude',
  longitude: 'longitude',
  medicalEquipment: 'medical_equipment',
  movedInOn: 'moved_in_on',
  movedOutOn: 'moved_out_on',
  meterSince: 'meter_since',
}

/**
 * A row of a customer file as an account, or everything that is wrong with it.
 * @param defaults country of phone numbers without a country code; language of a customer whose row names none
 */
export function parseCustomer(
  row: RawRow,
  defaults: { country: string; language: Account['language'] },
): { account: Account } | { problems: RowProblem[] } {
  if (row.fault) return { problems: [row.fault] }
  const problems: RowProblem[] = []
  const fail: Fail = (field, reason) => {
    problems.push({ field, reason })
    return undefined
  }
  const text = (column: CustomerColumn): string | undefined => {
    const value = row.values[column]
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string' && typeof value !== 'number') return fail(column, 'is not text')
    const trimmed = String(value).trim()
    if (UNSTORABLE.test(trimmed)) return fail(column, 'has a control character or half a character in it')
    return trimmed === '' ? undefined : trimmed
  }
  const candidate = {
    accountNumber: text('account_number'),
    servicePoint: text('service_point'),
    meterNumber: text('meter_number'),
    circuit: text('circuit'),
    transformer: text('transformer'),
    language: text('language')?.toLowerCase() ?? defaults.language,
    movedInOn: text('moved_in_on'),
    movedOutOn: text('moved_out_on'),
    meterSince: text('meter_since'),
    personal: {
      name: text('name'),
      phones: phonesOf(row.values.phones, defaults.country, fail),
      email: text('email'),
      address: {
        line1: text('address_line1'),
        line2: text('address_line2'),
        city: text('city'),
        state: text('state'),
        postalCode: text('postal_code'),
      },
      latitude: numberOf(text('latitude'), 'latitude', fail),
      longitude: numberOf(text('longitude'), 'longitude', fail),
      medicalEquipment: flagOf(row.values.medical_equipment, fail),
    },
  }
  const { latitude, longitude } = candidate.personal
  if (problems.length === 0 && (latitude === undefined) !== (longitude === undefined)) {
    fail(latitude === undefined ? 'latitude' : 'longitude', 'is missing while the other coordinate is there')
  }
  if (candidate.accountNumber !== undefined && accountNumberKey(candidate.accountNumber) === '') fail('account_number', 'has only spaces and dashes')
  const { movedInOn, movedOutOn } = candidate
  if (movedInOn !== undefined && movedOutOn !== undefined && movedOutOn < movedInOn) fail('moved_out_on', 'is before moved_in_on')
  const parsed = accountSchema.safeParse(withoutAbsent(candidate))
  for (const issue of parsed.error?.issues ?? []) {
    const field = columnOf(issue)
    if (!problems.some((problem) => problem.field === field)) problems.push({ field, reason: reasonOf(issue) })
  }
  return parsed.success && problems.length === 0 ? { account: parsed.data } : { problems }
}

type Fail = (field: CustomerColumn, reason: string) => undefined

function phonesOf(value: unknown, country: string, fail: Fail): string[] {
  if (value === undefined || value === null || value === '') return []
  const typed = Array.isArray(value) ? (value as unknown[]) : typeof value === 'string' ? value.split(';') : [value]
  const phones = new Set<string>()
  for (const item of typed) {
    if (typeof item !== 'string' && typeof item !== 'number') {
      fail('phones', 'holds something that is not text')
      continue
    }
    const wanted = String(item).trim()
    if (wanted === '') continue
    const phone = normalizePhone(wanted, country)
    if (phone) phones.add(phone)
    else fail('phones', `holds ${JSON.stringify(wanted.slice(0, 40))}, which is not a phone number (several are separated by ;)`)
  }
  return [...phones]
}

function numberOf(text: string | undefined, column: CustomerColumn, fail: Fail): number | undefined {
  if (text === undefined) return undefined
  if (!NUMBER.test(text)) return fail(column, 'is not a number like 38.4405')
  return Number(text) || 0
}

function flagOf(value: unknown, fail: Fail): boolean {
  if (value === undefined || value === null) return false
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : undefined
  if (word !== undefined && YES.has(word)) return true
  if (word === undefined || (word !== '' && !NO.has(word))) fail('medical_equipment', 'is neither yes nor no')
  return false
}

/** zod's strict objects take an absent key for an optional field; so does JSON. */
function withoutAbsent(value: object): object {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(entries.map(([key, part]: [string, unknown]) => [key, isPlainObject(part) ? withoutAbsent(part) : part]))
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function columnOf(issue: z.core.$ZodIssue): string {
  const name = issue.path.findLast((part) => typeof part === 'string')
  return (name && COLUMN_OF[name]) ?? 'row'
}

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return 'is missing'
  if (issue.code === 'invalid_value') return `is none of ${issue.values.join(', ')}`
  if (issue.code === 'invalid_format') return FORMS[issue.format] ?? 'is not of the right form'
  if (issue.code === 'too_small') return issue.origin === 'string' ? 'is missing' : `is less than ${issue.minimum}`
  if (issue.code !== 'too_big') return issue.message
  if (issue.origin === 'array') return `holds more than ${issue.maximum}`
  return issue.origin === 'string' ? `is longer than ${issue.maximum} characters` : `is greater than ${issue.maximum}`
}
