import type { ReportRecord } from './fold-batch.ts'

export interface FoldedReport {
  /** The first record: the one that counts. */
  first: ReportRecord
  others: { record: ReportRecord; conflict: boolean }[]
  conflicts: number
}

/**
 * All records of one report id, in any order: the first by version counts. Another body under the first
 * one's secret is a conflict; under another secret it is noise, kept because an earlier record may still come.
 */
export function foldReport(records: readonly ReportRecord[]): FoldedReport {
  const distinct = new Map<string, ReportRecord>()
  for (const record of records) {
    const key = `${record.report.bodyHash}.${record.report.secretHash}`
    const held = distinct.get(key)
    if (!held || record.version < held.version) distinct.set(key, record)
  }
  const [first, ...rest] = [...distinct.values()].sort((a, b) => (a.version < b.version ? -1 : 1))
  if (!first) throw new RangeError('A report is folded from one record at least')
  const others = rest.map((record) => ({ record, conflict: record.report.secretHash === first.report.secretHash }))
  return { first, others, conflicts: others.filter(({ conflict }) => conflict).length }
}
