import type { FollowUpRecord } from '../../../../worker/outbox/report-record.ts'
import type { OwnStanding } from '../../report/_components/read-server.ts'

/** True once the withdrawal has arrived, by the utility's word or by the receipt that this phone has for it. */
export function isWithdrawn(followUps: readonly FollowUpRecord[], standing: OwnStanding | null): boolean {
  return standing?.state === 'withdrawn' || followUps.some(({ kind, received }) => kind === 'withdraw' && received !== null)
}
