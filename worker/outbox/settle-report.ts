import type { Random } from '../../domain/clock.ts'
import type { Verdict } from './classify-answer.ts'
import type { Change } from './outbox-store.ts'
import type { ReportRecord } from './report-record.ts'
import { retryDelayMs } from './retry-policy.ts'

/** How an attempt ended, with the receipt checked. */
export type Outcome = Exclude<Verdict, { kind: 'receipt' }> | { kind: 'received'; receipt: string; acceptedAt: string }

/**
 * Writes the end of an attempt. A verified receipt is true whoever brings it, so it always counts;
 * anything else counts only while the lease is still ours: a tab that slept through its lease
 * must not undo what another sender has learnt since.
 */
export function settleReport(
  reports: readonly ReportRecord[],
  id: string,
  owner: string,
  outcome: Outcome,
  nowMs: number,
  random: Random,
): Change<void> {
  const record = reports.find((candidate) => candidate.id === id)
  if (!record || record.received) return { result: undefined }
  const released = { ...record, lease: null }
  if (outcome.kind === 'received') {
    const received = { receipt: outcome.receipt, acceptedAt: outcome.acceptedAt, atMs: nowMs }
    return { put: [{ ...released, received, attention: null, retry: null }], result: undefined }
  }
  if (record.lease?.owner !== owner) return { result: undefined }
  if (outcome.kind === 'attention') {
    const { reason, errors, traceId } = outcome
    return { put: [{ ...released, attention: { reason, errors, traceId } }], result: undefined }
  }
  const delayMs = retryDelayMs(record.attempts, record.hazards.length > 0, outcome.retryAfterMs, random)
  const retry = { atMs: nowMs + delayMs, askedByServer: outcome.retryAfterMs !== null, reason: outcome.reason }
  return { put: [{ ...released, retry }], result: undefined }
}

/** A customer asks to try a refused report again: the same report, under the same id. */
export function retryAttention(reports: readonly ReportRecord[], id: string): Change<void> {
  const record = reports.find((candidate) => candidate.id === id)
  if (!record?.attention || record.received) return { result: undefined }
  return { put: [{ ...record, attention: null, retry: null }], result: undefined }
}

const RECEIVED_KEPT_MS = 30 * 24 * 60 * 60_000

/** Forgets reports that were received more than 30 days ago. Nothing else is ever removed. */
export function pruneReceived(reports: readonly ReportRecord[], nowMs: number): Change<void> {
  const old = reports.filter((record) => record.received && nowMs - record.received.atMs > RECEIVED_KEPT_MS)
  return { remove: old.map(({ id }) => id), result: undefined }
}
