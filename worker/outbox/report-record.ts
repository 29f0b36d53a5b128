import type { FieldProblem } from '../../domain/problem.ts'
import type { ReportFollowUp } from '../../domain/report-follow-up.ts'
import type { Hazard } from '../../domain/report-choices.ts'
import type { ClockEvidence } from './server-clock.ts'

/** Why a report is still on its way: it stays, and is tried again. */
export type KeepReason = 'unreachable' | 'timed-out' | 'busy' | 'not-ours' | 'unverified' | 'sign-in'

/** Why a report cannot be taken as it is: it stays, and a person decides. */
export type AttentionReason = 'conflict' | 'invalid' | 'refused'

/** The id of the login that was signed in; null when nobody was. Says who may see something on this phone, and never whether it is sent. */
export type Owner = string | null

/** What a report and a follow-up have in common on their way. The frozen part is written once; only the rest ever changes. */
export interface Delivery {
  /** UUIDv7, made before the first send and never again. */
  readonly id: string
  /** base64url of 16 random bytes: who holds it may follow the report. A follow-up has its report's. */
  readonly secret: string
  /** The body exactly as it is sent, every time. */
  readonly body: Uint8Array<ArrayBuffer>
  /** base64url SHA-256 over `body`. */
  readonly bodyHash: string
  /** Absent when nobody was signed in, and in records of earlier versions. */
  readonly owner?: Owner
  readonly savedAtMs: number
  readonly hazards: readonly Hazard[]
  /** The monotonic clock at save; only comparable within the page or worker that is named. */
  readonly savedOn: { readonly contextId: string; readonly monotonicMs: number }
  /** The server's clock as this phone knew it at save; absent when it was not known, and in records of database version 1. */
  readonly clockEvidence?: ClockEvidence
  attempts: number
  /**
   * The sender at work. A lease with an end, not a state: a crash leaves nothing to clean up.
   * `ownLock`: the sender holds the Web Lock of its own name for as long as it lives; absent in records of earlier versions.
   */
  lease: { owner: string; untilMs: number; lockHeld: boolean; ownLock?: boolean } | null
  /**
   * When the next attempt is due and why the last one did not settle it; null before the first.
   * `bySlot`: the door gave this phone a place of its own; absent in records of earlier versions.
   */
  retry: { atMs: number; askedByServer: boolean; bySlot?: boolean; reason: KeepReason } | null
  attention: { reason: AttentionReason; errors: FieldProblem[]; traceId: string | null } | null
  received: { receipt: string; acceptedAt: string; atMs: number } | null
}

/** One report as this phone keeps it. */
export interface ReportRecord extends Delivery {
  readonly reference: string
  /** What the list shows: where, in the customer's own words or as their account says it. Empty when only a GPS position was given. */
  readonly place: string
}

/** A command that refers to a report: withdraw, add, still out. Sent after its report was received. */
export interface FollowUpRecord extends Delivery {
  readonly reportId: string
  readonly kind: ReportFollowUp['kind']
}

export function isFollowUp(record: ReportRecord | FollowUpRecord): record is FollowUpRecord {
  return 'reportId' in record
}

/** What was typed and not yet sent. Its id is the report's id from the first keystroke on. */
export interface Draft {
  readonly id: string
  readonly secret: string
  /** Who began it; absent as in records. */
  readonly owner?: Owner
  readonly fields: Readonly<Record<string, string | readonly string[]>>
  readonly updatedAtMs: number
}

export type ReportState = 'saved' | 'sending' | 'received' | 'needs-attention'

/** Longer than an attempt with its look-up of keys can take; a frozen tab's lease ends by itself. */
export const LEASE_MS = 45_000

/** True while a sender is at work. A lease that ends further ahead than any lease can was stamped by another clock: it is over. */
export function isLeased(record: Pick<Delivery, 'lease'>, nowMs: number): boolean {
  const leftMs = (record.lease?.untilMs ?? 0) - nowMs
  return leftMs > 0 && leftMs <= LEASE_MS
}

/** The state that a person is told. */
export function stateOf(record: Pick<Delivery, 'lease' | 'attention' | 'received'>, nowMs: number): ReportState {
  if (record.received) return 'received'
  if (record.attention) return 'needs-attention'
  return isLeased(record, nowMs) ? 'sending' : 'saved'
}
