import { parse } from 'csv-parse/sync'

/** A density over time: straight lines between its points. Only its shape counts, for it is scaled to the number of phones. */
export interface DemandCurve {
  /** Seconds since the first point, rising. */
  readonly atSeconds: readonly number[]
  /** 0 or more; some are more than 0. */
  readonly values: readonly number[]
}

export class CurveError extends Error {
  override name = 'CurveError'
}

/** Columns by their heading, or by their number from 1 in a file without headings. */
export interface CurveColumns {
  time?: string
  value?: string
}

/** What a value column is likely to be called; else the first one that holds numbers alone. */
const VALUE_NAMES: ReadonlySet<string> = new Set(['value', 'demand', 'reports', 'phones', 'customers_out'])

/**
 * Reads a curve from CSV, with or without headings: a time (seconds, or ISO 8601) and a value. Rows of the same time are added up,
 * so that a file with a row per county and time is read as it is.
 * @throws CurveError which says what to change
 */
export function parseCurve(csv: string, columns: CurveColumns = {}): DemandCurve {
  const rows = readRows(csv)
  const headings = rows[0] && secondsOf(rows[0][0] ?? '') === null ? rows.shift()! : []
  if (rows.length < 2) throw new CurveError('A curve needs two rows or more, each with a time and a value.')
  const timeColumn = columns.time === undefined ? 0 : columnOf(headings, rows[0]!.length, columns.time)
  const valueColumn = columns.value === undefined ? likelyValue(headings, rows, timeColumn) : columnOf(headings, rows[0]!.length, columns.value)
  const byTime = new Map<number, number>()
  for (const row of rows) {
    const atSeconds = secondsOf(row[timeColumn] ?? '')
    const value = numberOf(row[valueColumn] ?? '')
    if (atSeconds === null || value === null || value < 0) throw new CurveError(`Not a time and a value of 0 or more: ${row.join(',')}`)
    byTime.set(atSeconds, (byTime.get(atSeconds) ?? 0) + value)
  }
  const points = [...byTime].sort(([a], [b]) => a - b)
  if (points.length < 2) throw new CurveError('All rows have the same time.')
  if (points.every(([, value]) => value === 0)) throw new CurveError('All values are 0.')
  return { atSeconds: points.map(([atSeconds]) => atSeconds - points[0]![0]), values: points.map(([, value]) => value) }
}

export function durationSeconds({ atSeconds }: DemandCurve): number {
  return atSeconds.at(-1)!
}

/** The same shape over another duration. */
export function stretched(curve: DemandCurve, seconds: number): DemandCurve {
  const factor = seconds / durationSeconds(curve)
  return { ...curve, atSeconds: curve.atSeconds.map((at) => at * factor) }
}

/** The inverse of the curve's running total: from a share of the demand, 0 to 1, the second at which that much has come. */
export function timeOfShare(curve: DemandCurve): (share: number) => number {
  const { atSeconds, values } = curve
  const totals = [0]
  for (let point = 1; point < values.length; point++) {
    totals.push(totals[point - 1]! + ((values[point - 1]! + values[point]!) / 2) * (atSeconds[point]! - atSeconds[point - 1]!))
  }
  return (share) => {
    const wanted = share * totals.at(-1)!
    let [low, high] = [0, totals.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (totals[middle]! <= wanted) low = middle
      else high = middle
    }
    const width = atSeconds[high]! - atSeconds[low]!
    const [from, slope] = [values[low]!, (values[high]! - values[low]!) / width]
    const rest = wanted - totals[low]!
    // The root of from·x + slope·x²/2 = rest, in the form that stays exact when the slope is near nothing.
    const root = Math.sqrt(Math.max(0, from * from + 2 * slope * rest))
    return atSeconds[low]! + Math.min(width, from + root === 0 ? 0 : (2 * rest) / (from + root))
  }
}

function readRows(csv: string): string[][] {
  try {
    return parse(csv, { bom: true, trim: true, skip_empty_lines: true, comment: '#' })
  } catch (error) {
    throw new CurveError(`Not a CSV file: ${(error as Error).message}`)
  }
}

function likelyValue(headings: readonly string[], rows: readonly string[][], timeColumn: number): number {
  const named = headings.findIndex((heading, column) => column !== timeColumn && VALUE_NAMES.has(heading.toLowerCase()))
  if (named >= 0) return named
  const column = rows[0]!.findIndex((_, candidate) => candidate !== timeColumn && rows.every((row) => numberOf(row[candidate] ?? '') !== null))
  if (column < 0) throw new CurveError('No column holds numbers alone: name one with --value-column.')
  return column
}

function columnOf(headings: readonly string[], width: number, name: string): number {
  const column = headings.indexOf(name)
  if (column >= 0) return column
  const number = Number(name)
  if (Number.isInteger(number) && number >= 1 && number <= width) return number - 1
  throw new CurveError(`No column ${name}. There are: ${headings.length > 0 ? headings.join(', ') : `1 to ${width}`}.`)
}

function numberOf(text: string): number | null {
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : null
}

function secondsOf(text: string): number | null {
  const number = numberOf(text)
  if (number !== null) return number
  const atMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? null : atMs / 1_000
}
