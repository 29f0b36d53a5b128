import type { Account } from '../../domain/account.ts'

/** Columns that a file may leave out: then it tells nothing of moves and meter exchanges. */
export const OPTIONAL_COLUMNS = ['moved_in_on', 'moved_out_on', 'meter_since'] as const

/** The columns of a customer file, in the order that the export writes them. All but the last ones must be in a CSV header. */
export const CUSTOMER_COLUMNS = [
  'account_number',
  'name',
  'phones',
  'email',
  'address_line1',
  'address_line2',
  'city',
  'state',
  'postal_code',
  'service_point',
  'meter_number',
  'circuit',
  'transformer',
  'latitude',
  'longitude',
  'language',
  'medical_equipment',
  ...OPTIONAL_COLUMNS,
] as const
export type CustomerColumn = (typeof CUSTOMER_COLUMNS)[number]

/** Columns that a rejects file has before the customer's own: accepted in a header and not read. */
export const REJECT_COLUMNS = ['line', 'field', 'reason'] as const

/** Where each part of an account stands in a file; an absent part is undefined. */
export function customerColumns(account: Account): Record<CustomerColumn, string | number | boolean | string[] | undefined> {
  const { name, phones, email, address, latitude, longitude, medicalEquipment } = account.personal
  return {
    account_number: account.accountNumber,
    name,
    phones,
    email,
    address_line1: address.line1,
    address_line2: address.line2,
    city: address.city,
    state: address.state,
    postal_code: address.postalCode,
    service_point: account.servicePoint,
    meter_number: account.meterNumber,
    circuit: account.circuit,
    transformer: account.transformer,
    latitude,
    longitude,
    language: account.language,
    medical_equipment: medicalEquipment,
    moved_in_on: account.movedInOn,
    moved_out_on: account.movedOutOn,
    meter_since: account.meterSince,
  }
}
