import type { Random } from '../../domain/clock.ts'
import { isAboutTheLine, isUrgent, putting } from './claim-report.ts'
import type { Verdict } from './classify-answer.ts'
import { afterFailure, afterSuccess, type Line } from './line.ts'
import type { Change, Contents } from './outbox-store.ts'
import type { Delivery } from './report-record.ts'
import { retryDelayMs } from './retry-policy.ts'
import { type ServerClock, sharperServerClock } from './server-clock.ts'

/** How an attempt ended, with the receipt checked. */
export type Outcome =
  | Exclude<Verdict, { kind: 'receipt' }>
  | { kind: 'received'; receipt: string; acceptedAt: string; spreadMs: number | null; serverClock: ServerClock | null }

/**
 * Writes the end of an attempt. A verified receipt is true whoever brings it, so it always counts;
 * anything else counts only while the lease is still ours: a tab that slept through its lease
 * must not undo what another sender has learnt since.
 */
export function settleReport(contents: Contents, id: string, owner: string, outcome: Outcome, nowMs: number, random: Random): Change<void> {
  return { ...settled(contents, id, owner, outcome, nowMs, random), mayBeLost: true }
}

function settled(contents: Contents, id: string, owner: string, outcome: Outcome, nowMs: number, random: Random): Change<void> {
  const record = contents.reports.find((report) => report.id === id) ?? contents.followUps.find((followUp) => followUp.id === id)
  if (!record || record.received) return { result: undefined }
  const released = { ...record, lease: null }
  const line = hear(contents.line, outcome.spreadMs, outcome.kind === 'received' ? outcome.serverClock : null)
  if (outcome.kind === 'received') {
    const received = { receipt: outcome.receipt, acceptedAt: outcome.acceptedAt, atMs: nowMs }
    return { ...putting([{ ...released, received, attention: null, retry: null }]), line: afterSuccess(line, nowMs), result: undefined }
  }
  if (record.lease?.owner !== owner) return { result: undefined }
  if (outcome.kind === 'attention') {
    const { reason, errors, traceId } = outcome
    return { ...putting([{ ...released, attention: { reason, errors, traceId } }]), line: afterSuccess(line, nowMs), result: undefined }
  }
  const hazardous = record.hazards.length > 0
  const bySlot = outcome.slot !== null && !hazardous
  const askedByServer = outcome.retryAfterMs !== null || bySlot
  if (!isAboutTheLine(outcome.reason)) {
    const atMs = nowMs + retryDelayMs(record.attempts, isUrgent(record, contents.followUps), outcome, random.fraction())
    return { ...putting([{ ...released, retry: { atMs, askedByServer, reason: outcome.reason } }]), line, result: undefined }
  }
  const failed = afterFailure(line, outcome, nowMs, random)
  const atMs = hazardous ? failed.probe!.hazardAtMs : failed.probe!.atMs
  return { ...putting([{ ...released, retry: { atMs, askedByServer, bySlot, reason: outcome.reason } }]), line: failed, result: undefined }
}

/** The line with what an answer of the door's said beside its verdict. */
export function hear(line: Line, spreadMs: number | null, serverClock: ServerClock | null): Line {
  return { ...line, spreadMs: spreadMs ?? line.spreadMs, serverClock: serverClock ? sharperServerClock(line.serverClock, serverClock) : line.serverClock }
}

/** A customer asks to try a refused report or follow-up again: the same, under the same id. */
export function retryAttention({ reports, followUps }: Contents, id: string): Change<void> {
  const record = reports.find((report) => report.id === id) ?? followUps.find((followUp) => followUp.id === id)
  if (!record?.attention || record.received) return { result: undefined }
  return { ...putting([{ ...record, attention: null, retry: null }]), mayBeLost: true, result: undefined }
}

const RECEIVED_KEPT_MS = 30 * 24 * 60 * 60_000

/** Forgets reports that were received more than 30 days ago, with their follow-ups when none of them waits. Nothing else is ever removed. */
export function pruneReceived({ reports, followUps }: Contents, nowMs: number): Change<void> {
  // By both clocks: a phone that comes back on may take years for passed when its own is set.
  const isOld = ({ received }: Pick<Delivery, 'received'>) => received !== null && nowMs - Math.max(received.atMs, Date.parse(received.acceptedAt)) > RECEIVED_KEPT_MS
  const old = new Set(
    reports.filter((report) => isOld(report) && followUps.every((followUp) => followUp.reportId !== report.id || isOld(followUp))).map(({ id }) => id),
  )
  const gone = followUps.filter((followUp) => isOld(followUp) && (old.has(followUp.reportId) || reports.every(({ id }) => id !== followUp.reportId)))
  return { remove: [...old], removeFollowUps: gone.map(({ id }) => id), mayBeLost: true, result: undefined }
}
