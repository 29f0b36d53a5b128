import { isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import { checkHeader } from '../../accounts/import/check-header.ts'
import { ImportFileError } from '../../accounts/import/import-file-error.ts'
import type { CustomerColumn } from '../../accounts/customer-columns.ts'
import { unguardCell } from '../../accounts/formula-guard.ts'
import { CoreAnswerError } from '../core-errors.ts'

const CARRIAGE_RETURN = 0x0d
const NUMBER = /^[+-]?\d+(\.\d+)?$/

/** A line of NDJSON; null when it is not JSON, which is no row that could be judged well. */
export function jsonRow(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return null
  try {
    return JSON.parse(bytes.toString()) as unknown
  } catch {
    return null
  }
}

/**
 * What each cell of a CSV file means.
 * @throws CoreAnswerError when a column is missing, unknown or there twice
 */
export function csvHeader(bytes: Buffer, fileName: string): (CustomerColumn | null)[] {
  try {
    return checkHeader(cellsOf(bytes) ?? [], fileName)
  } catch (error) {
    throw error instanceof ImportFileError ? new CoreAnswerError(error.message) : error
  }
}

/** Records of a CSV file as rows of the core system; null for one with too many or too few cells, or a broken quote. */
export function csvRows(lines: readonly Buffer[], header: readonly (CustomerColumn | null)[]): unknown[] {
  const records = lines.map((line) => (line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line))
  const together = records.every((record) => isUtf8(record)) ? parseCsv(records.map(String).join('\n')) : null
  // A broken one spoils its neighbours: then each by itself.
  const rows = together?.length === records.length ? together : records.map(cellsOf)
  return rows.map((cells) => (cells?.length === header.length ? rowOf(cells, header) : null))
}

function cellsOf(record: Buffer): string[] | null {
  return (isUtf8(record) && parseCsv(record.toString())?.[0]) || null
}

function parseCsv(text: string): string[][] | null {
  try {
    return parse(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n'], bom: true })
  } catch {
    return null
  }
}

/** Texts as they stand; what is blank is absent, phones are a list, coordinates numbers. Of this its digest is made. */
function rowOf(cells: readonly string[], header: readonly (CustomerColumn | null)[]): object {
  const told: Partial<Record<CustomerColumn, string>> = {}
  for (const [index, column] of header.entries()) {
    const cell = unguardCell(cells[index] ?? '')
    if (column && cell.trim() !== '') told[column] = cell
  }
  return {
    accountNumber: told.account_number,
    name: told.name,
    phones: (told.phones ?? '').split(';').map((phone) => phone.trim()).filter(Boolean),
    email: told.email,
    address: { line1: told.address_line1, line2: told.address_line2, city: told.city, state: told.state, postalCode: told.postal_code },
    latitude: numberOf(told.latitude),
    longitude: numberOf(told.longitude),
    servicePoint: told.service_point,
    meterNumber: told.meter_number,
    circuit: told.circuit,
    transformer: told.transformer,
    language: told.language,
    medicalEquipment: told.medical_equipment,
    movedInOn: told.moved_in_on,
    movedOutOn: told.moved_out_on,
    meterSince: told.meter_since,
  }
}

function numberOf(text: string | undefined): number | string | undefined {
  return text !== undefined && NUMBER.test(text) ? Number(text) : text
}
