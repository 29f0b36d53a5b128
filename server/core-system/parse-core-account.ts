import type { Account } from '../../domain/account.ts'
import type { CustomerColumn } from '../accounts/customer-columns.ts'
import { parseCustomer, type RowProblem } from '../accounts/import/parse-customer.ts'
import type { CoreAccount } from './core-account.ts'

/** What is wrong with a row; never with a word of the row in it. */
export interface CoreRowProblem {
  /** As the row calls it: `address.line1`; `row` for the row as a whole. */
  field: string
  /** Reads on after the field: `is missing`. */
  rule: string
}

const FIELDS: Record<CustomerColumn, string> = {
  account_number: 'accountNumber',
  name: 'name',
  phones: 'phones',
  email: 'email',
  address_line1: 'address.line1',
  address_line2: 'address.line2',
  city: 'address.city',
  state: 'address.state',
  postal_code: 'address.postalCode',
  service_point: 'servicePoint',
  meter_number: 'meterNumber',
  circuit: 'circuit',
  transformer: 'transformer',
  latitude: 'latitude',
  longitude: 'longitude',
  language: 'language',
  medical_equipment: 'medicalEquipment',
  moved_in_on: 'movedInOn',
  moved_out_on: 'movedOutOn',
  meter_since: 'meterSince',
}

/**
 * A row of the core system as an account, checked and normalised as an imported one is, or everything that is wrong with it.
 * Fields that are not known are read past: a core system may tell more than is needed.
 * @param defaults country of phone numbers without a country code; language of a customer whose row names none
 */
export function parseCoreAccount(
  row: unknown,
  defaults: { country: string; language: Account['language'] },
): { account: Account } | { problems: CoreRowProblem[] } {
  if (!isObject(row)) return { problems: [{ field: 'row', rule: 'is not an object' }] }
  // Each part may still be anything: parseCustomer looks at every one.
  const { address, ...rest } = row as Partial<CoreAccount>
  if (address !== undefined && !isObject(address)) return { problems: [{ field: 'address', rule: 'is not an object' }] }
  if (rest.phones !== undefined && !Array.isArray(rest.phones)) return { problems: [{ field: 'phones', rule: 'is not a list' }] }
  const parsed = parseCustomer({
    line: 0,
    values: {
      account_number: rest.accountNumber,
      name: rest.name,
      phones: rest.phones,
      email: rest.email,
      address_line1: address?.line1,
      address_line2: address?.line2,
      city: address?.city,
      state: address?.state,
      postal_code: address?.postalCode,
      service_point: rest.servicePoint,
      meter_number: rest.meterNumber,
      circuit: rest.circuit,
      transformer: rest.transformer,
      latitude: rest.latitude,
      longitude: rest.longitude,
      language: rest.language,
      medical_equipment: rest.medicalEquipment,
      moved_in_on: rest.movedInOn,
      moved_out_on: rest.movedOutOn,
      meter_since: rest.meterSince,
    },
  }, defaults)
  return 'account' in parsed ? parsed : { problems: parsed.problems.map(problemOf) }
}

function problemOf({ field, reason }: RowProblem): CoreRowProblem {
  return {
    field: FIELDS[field as CustomerColumn] ?? field,
    // Of a phone number the import quotes what it read.
    rule: reason.startsWith('holds "') ? 'holds something that is not a phone number' : reason,
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
