import { stringify } from 'csv-stringify/sync'
import { guardCell } from '../accounts/formula-guard.ts'
import { requirePermission } from '../identity/require-permission.ts'
import type { Staff } from '../identity/staff.ts'
import { askedFields, type AuditQuestion } from './audit-question.ts'
import { type AuditContext, auditPage, type FoundEntry } from './search-audit.ts'

export type ExportFormat = 'csv' | 'ndjson'

const ROWS_AT_ONCE = 1_000
const COLUMNS = [
  'entryId', 'at', 'actorKind', 'actorId', 'actorName', 'actorRole', 'act', 'subjectKind', 'subjectId', 'reason', 'before', 'after', 'traceId', 'eventId', 'eventType', 'version',
] as const satisfies readonly (keyof FoundEntry)[]

/**
 * All of the trail that a question means, the newest first, piece by piece: constant memory. The log has that it was exported before
 * the first piece. An error in the middle ends the iteration, so that half of it is never taken for all.
 * @throws ForbiddenError LogUnavailableError IndeterminateError ReadsUnavailableError
 */
export async function exportAudit(context: AuditContext, staff: Staff, question: AuditQuestion, format: ExportFormat): Promise<AsyncIterable<string>> {
  requirePermission(staff, 'audit.export')
  await context.audit.append({
    actor: { kind: 'staff', id: staff.staffId, role: staff.role }, act: 'audit.exported', subject: { kind: 'audit', id: 'trail' }, after: { format, ...askedFields(question) },
  })
  const first = await auditPage(context, question, null, ROWS_AT_ONCE)
  return pieces(context, question, format, first)
}

async function* pieces(context: AuditContext, question: AuditQuestion, format: ExportFormat, first: Awaited<ReturnType<typeof auditPage>>): AsyncGenerator<string> {
  if (format === 'csv') yield stringify([[...COLUMNS]])
  for (let page = first; ; page = await auditPage(context, question, page.next, ROWS_AT_ONCE)) {
    yield page.entries.map((entry) => lineOf(entry, format)).join('')
    if (page.next === null) return
  }
}

function lineOf(entry: FoundEntry, format: ExportFormat): string {
  if (format === 'ndjson') return `${JSON.stringify(Object.fromEntries(COLUMNS.map((column) => [column, entry[column]])))}\n`
  return stringify([COLUMNS.map((column) => guardCell(cellText(entry[column])))])
}

function cellText(value: FoundEntry[(typeof COLUMNS)[number]]): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
