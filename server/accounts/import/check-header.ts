import { CUSTOMER_COLUMNS, OPTIONAL_COLUMNS, REJECT_COLUMNS, type CustomerColumn } from '../customer-columns.ts'
import { ImportFileError } from './import-file-error.ts'

const KNOWN: ReadonlySet<string> = new Set(CUSTOMER_COLUMNS)
const OPTIONAL: ReadonlySet<string> = new Set(OPTIONAL_COLUMNS)
const IGNORED: ReadonlySet<string> = new Set(REJECT_COLUMNS)
const DELIMITERS = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' } as const

/**
 * The meaning of each cell of a CSV file by its header, null for one that is not read. Case and outer spaces are forgiven.
 * Every column but the optional ones must be there: a file that silently lacked `phones` would take everybody's phones away.
 * Throws ImportFileError.
 */
export function checkHeader(cells: readonly string[], name: string): (CustomerColumn | null)[] {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  const twice = names.filter((column, index) => names.indexOf(column) !== index)
  const unknown = names.filter((column) => !KNOWN.has(column) && !IGNORED.has(column))
  const required = CUSTOMER_COLUMNS.filter((column) => !OPTIONAL.has(column))
  const missing = required.filter((column) => !names.includes(column))
  const expected = `\nThe header must be, in any order:\n  ${required.join(',')}\nIt may also have ${OPTIONAL_COLUMNS.join(', ')}.`
  if (missing.length === required.length) throw new ImportFileError(`${name} does not begin with a header.${expected}`)
  if (twice.length > 0) throw new ImportFileError(`${name} has a column twice in its header: ${list(twice)}.`)
  if (unknown.length > 0) throw new ImportFileError(`${name} has an unknown column in its header: ${list(unknown)}.${expected}`)
  if (missing.length > 0) throw new ImportFileError(`${name} lacks a column in its header: ${missing.join(', ')}.${expected}`)
  return names.map((column) => (KNOWN.has(column) ? (column as CustomerColumn) : null))
}

/** Before a CSV parser sees it: with another delimiter it would stumble over the quotes first. Throws ImportFileError. */
export function refuseOtherDelimiter(firstLine: string, name: string): void {
  for (const [delimiter, word] of Object.entries(DELIMITERS)) {
    const parts = firstLine.split(delimiter).map((part) => part.trim().toLowerCase().replaceAll('"', ''))
    if (parts.filter((part) => KNOWN.has(part)).length >= 2) {
      throw new ImportFileError(`${name} looks like it is separated by ${word}; Stormdoor reads commas. Save it as comma-separated CSV.`)
    }
  }
}

function list(names: readonly string[]): string {
  return [...new Set(names)].map((column) => (column === '' ? '(no name)' : JSON.stringify(column.slice(0, 60)))).join(', ')
}
