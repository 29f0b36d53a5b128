import { z } from 'zod'

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
  errors: number
  perSecond: number
  /** From when JMeter sent it, milliseconds. */
  p50Ms: number
  p99Ms: number
  maxMs: number
}

/** What JMeter's report says, by sampler; its `statistics.json`. */
export function jmeterFigures(statistics: unknown): { total: JMeterRow; routes: JMeterRow[] } {
  const rows = Object.values(z.record(z.string(), rowSchema).parse(statistics)).map(rowOf)
  const total = rows.find(({ name }) => name === 'Total')
  if (!total) throw new TypeError('The statistics have no total')
  return { total, routes: rows.filter((row) => row !== total).sort((a, b) => a.name.localeCompare(b.name)) }
}

function rowOf({ transaction, sampleCount, errorCount, throughput, medianResTime, pct3ResTime, maxResTime }: z.infer<typeof rowSchema>): JMeterRow {
  const rounded = (number: number) => Math.round(number * 100) / 100
  return { name: transaction, requests: sampleCount, errors: errorCount, perSecond: rounded(throughput), p50Ms: rounded(medianResTime), p99Ms: rounded(pct3ResTime), maxMs: rounded(maxResTime) }
}
