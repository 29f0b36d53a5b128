import { z } from 'zod'

const TOTAL = 'Total'

const rowSchema = z.object({
  transaction: z.string(),
  sampleCount: z.int(),
  errorCount: z.int(),
  medianResTime: z.number(),
  pct3ResTime: z.number().describe('p99, unless the report generator was told otherwise'),
  maxResTime: z.number(),
  throughput: z.number(),
})

export interface JMeterRow {
  name: string
  requests: number
  /** Without those that were cut off. */
  errors: number
  /** Broken off by JMeter when its schedule ended: neither answered nor failed. */
  cutOff: number
  perSecond: number
  /** From when JMeter sent it, milliseconds. */
  p50Ms: number
  p99Ms: number
  maxMs: number
}

/**
 * What JMeter's report says, by sampler.
 * @param statistics its `statistics.json`, for which what was cut off is an error
 * @param cutOff how many were, by sampler
 */
export function jmeterFigures(statistics: unknown, cutOff: ReadonlyMap<string, number>): { total: JMeterRow; routes: JMeterRow[] } {
  const rows = Object.values(z.record(z.string(), rowSchema).parse(statistics)).map((row) => rowOf(row, row.transaction === TOTAL ? sumOf(cutOff) : (cutOff.get(row.transaction) ?? 0)))
  const total = rows.find(({ name }) => name === TOTAL)
  if (!total) throw new TypeError('The statistics have no total')
  return { total, routes: rows.filter((row) => row !== total).sort((a, b) => a.name.localeCompare(b.name)) }
}

function rowOf({ transaction, sampleCount, errorCount, throughput, medianResTime, pct3ResTime, maxResTime }: z.infer<typeof rowSchema>, cutOff: number): JMeterRow {
  const rounded = (number: number) => Math.round(number * 100) / 100
  return { name: transaction, requests: sampleCount, errors: errorCount - cutOff, cutOff, perSecond: rounded(throughput), p50Ms: rounded(medianResTime), p99Ms: rounded(pct3ResTime), maxMs: rounded(maxResTime) }
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return counts.values().reduce((sum, count) => sum + count, 0)
}
