import type { OutageReport } from '../../../../domain/outage-report.ts'
import type { ReportFollowUp } from '../../../../domain/report-follow-up.ts'
import type { FollowUpRecord, ReportRecord } from '../../../../worker/outbox/report-record.ts'

/** What the customer said, from the frozen bytes; null when this version of the page cannot read them. */
export function readReport({ body }: ReportRecord): OutageReport | null {
  return readBody(body) as OutageReport | null
}

/** What the customer said since, from the frozen bytes; null when this version of the page cannot read them. */
export function readFollowUp({ body }: FollowUpRecord): ReportFollowUp | null {
  return readBody(body) as ReportFollowUp | null
}

/** Nothing but this phone wrote it, so the number of its schema says what it is. */
function readBody(body: Uint8Array): unknown {
  try {
    const read = JSON.parse(new TextDecoder().decode(body)) as { schema?: unknown }
    return read.schema === 1 ? read : null
  } catch {
    return null
  }
}
