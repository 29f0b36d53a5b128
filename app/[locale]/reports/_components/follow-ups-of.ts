import type { FollowUpRecord } from '../../../../worker/outbox/report-record.ts'
import type { OutboxView } from '../../report/_components/outbox-view.ts'

/** What this phone has said about a report since, oldest first. */
export function followUpsOf({ followUps }: OutboxView, reportId: string): FollowUpRecord[] {
  return followUps.filter((followUp) => followUp.reportId === reportId)
}
