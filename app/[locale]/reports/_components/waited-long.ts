import { ASK_AFTER_MS } from '../../../../domain/followed-report.ts'
import type { FollowUpRecord, ReportRecord } from '../../../../worker/outbox/report-record.ts'
import type { OwnStanding } from '../../report/_components/read-server.ts'

/**
 * How long a report waited on this phone, in milliseconds, if that was so long that the customer is to be asked whether
 * the power is still out; null when there is nothing to ask. The utility decides by its own clock; while nothing was
 * heard of it, the phone's own clock at saving and at receiving does.
 * @param followUps of this report
 */
export function waitedLongMs(record: ReportRecord, followUps: readonly FollowUpRecord[], standing: OwnStanding | null): number | null {
  if (!record.received || standing?.state === 'withdrawn') return null
  if (followUps.some(({ kind }) => kind === 'still-out' || kind === 'withdraw')) return null
  if (standing?.confirmation !== undefined && standing.confirmation !== 'asked') return null
  const waitedMs = standing?.corrected
    ? Date.parse(record.received.acceptedAt) - Date.parse(standing.corrected.savedAt)
    : record.received.atMs - record.savedAtMs
  if (standing?.confirmation === 'asked') return Math.max(waitedMs, ASK_AFTER_MS)
  return waitedMs > ASK_AFTER_MS ? waitedMs : null
}
