import { type AuditEntry, auditEntrySchema, type AuditRecorded } from '../../domain/audit.ts'
import type { NewEvent } from '../../domain/event.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { ConflictError } from '../platform/errors.ts'
import { sha256 } from '../platform/hash.ts'
import { counter, gauge } from '../platform/metrics.ts'
import { currentTrace } from '../platform/trace-context.ts'
import { type ActBatches, batchActs, type BatchOptions } from './batch-acts.ts'

/** What somebody did, as the verb that lets them do it tells it. The trail adds the time and the trace. */
export type Act = Omit<AuditEntry, 'entryId' | 'at' | 'traceId'> & {
  /** Of the command, when the act has one: sent twice it is one entry. */
  entryId?: string
}

/** Keeps who did what. */
export interface AuditTrail extends ActBatches<Act> {
  /**
   * For what must be in the log before it is shown or done: a reveal, a change of a role, a break-glass login.
   * Throws LogUnavailableError or IndeterminateError as the log does, ConflictError when the id was another act's: then nothing is shown.
   * @returns the entry that stands: of an act told before, the first
   */
  append(act: Act): Promise<AuditEntry>
}

const logged = counter('stormdoor_audit_entries_logged_total', 'Entries of the audit trail that the event log has')
const lost = counter('stormdoor_audit_entries_lost_total', 'Entries that the event log could not take before this process ended')
const waiting = gauge('stormdoor_audit_entries_waiting', 'Entries of the audit trail that the event log does not have yet')

/** The audit trail of a process: `take` for looks, in batches; `append` for what must be kept first. */
export function recordActs(options: BatchOptions): AuditTrail {
  const { log, clock, random } = options
  const entryOf = ({ entryId, ...act }: Act): AuditEntry =>
    auditEntrySchema.parse({ entryId: entryId ?? uuidV7(clock, random), at: new Date(clock.nowMs()).toISOString(), traceId: currentTrace()?.traceId, ...act })
  const batches = batchActs<AuditEntry, 'audit.recorded.v1'>(options, {
    type: 'audit.recorded.v1', dataOf: (entries) => ({ entries }), words: 'entries of the audit trail', logged, lost, waiting,
  })
  return {
    ...batches,
    take: (act) => batches.take(entryOf(act)),
    append: async (act) => {
      const entry = entryOf(act)
      const event: NewEvent<'audit.recorded.v1'> = {
        id: entry.entryId, type: 'audit.recorded.v1', key: entry.entryId,
        // The time and the trace are of this try: the same act again is no conflict.
        bodyHash: sha256(JSON.stringify(act)),
        data: { entries: [entry] },
      }
      const [appended] = await log.append([event])
      if (appended?.outcome === 'conflicting') throw new ConflictError('The id was used for another act')
      if (appended?.outcome !== 'repeated') {
        logged.inc()
        return entry
      }
      return (appended.first.envelope.data as AuditRecorded).entries[0] ?? entry
    },
  }
}
