import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { readReport } from '../../reports/_components/read-body.ts'
import type { Fields } from './form-fields.ts'
import { faultsOf, reportFromFields } from './report-from-fields.ts'

/**
 * Whether the form says anything but what this report says. Times such as "just now" are taken as at the report's
 * saving, its language is no difference; where the report cannot be read, the words may be other ones.
 */
export function saysOtherwise(fields: Fields, record: ReportRecord): boolean {
  const report = readReport(record)
  if (!report || faultsOf(fields, Date.parse(report.savedAt)).length > 0) return true
  const { schema: _schema, id: _id, savedAt, ...content } = report
  return inOrder(reportFromFields(fields, report.locale, Date.parse(savedAt))) !== inOrder(content)
}

/** As JSON with every object's fields in one order: another release may have written them in another. */
function inOrder(content: object): string {
  return JSON.stringify(content, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  )
}
