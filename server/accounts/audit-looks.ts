import type { AccountsLookedUp } from '../../domain/event.ts'
import { type ActBatches, batchActs, type BatchOptions } from '../audit/batch-acts.ts'
import { counter, gauge } from '../platform/metrics.ts'

export type Look = AccountsLookedUp['looks'][number]

/** Keeps who looked at which accounts. */
export type LookAudit = ActBatches<Look>

const logged = counter('stormdoor_account_looks_logged_total', 'Looks at accounts that the event log has')
const lost = counter('stormdoor_account_looks_lost_total', 'Looks that the event log could not take before this process ended')
const waiting = gauge('stormdoor_account_looks_waiting', 'Looks at accounts that the event log does not have yet')

/** Looks of programs and guests, many a second: in batches, in a shape of their own. */
export function auditLooks(options: BatchOptions): LookAudit {
  return batchActs<Look, 'accounts.looked-up.v1'>(options, {
    type: 'accounts.looked-up.v1', dataOf: (looks) => ({ looks }), words: 'looks at accounts', logged, lost, waiting,
  })
}
