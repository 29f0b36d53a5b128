import type { Line } from './line.ts'
import type { Change, Contents } from './outbox-store.ts'
import { type Delivery, type FollowUpRecord, isFollowUp, isLeased, type KeepReason, LEASE_MS, type ReportRecord } from './report-record.ts'
import { isStale } from './retry-policy.ts'

/**
 * Why a sender runs. `tap`: a person asked, so this phone's own waits are over; `return`: a sign that the network is
 * back, after which the first try is spread; `timer`: what is due. What the server asked for binds all three.
 */
export type Wake = 'tap' | 'return' | 'timer'

export interface Sender {
  /** One random name per run of a sender. */
  owner: string
  /** Whether the Web Lock is held: then a lease that another lock holder left behind is dead. */
  lockHeld: boolean
  /** Whether the Web Lock of its own name is held: once that is free, this sender is dead. */
  ownLock: boolean
  /** True for a sender whose own lock was found free. */
  isDead(owner: string): boolean
  wake: Wake
  /** False for what this run has already tried. */
  maySend(id: string): boolean
}

export type Claim =
  /** `slot`: the ticket to show with this attempt. */
  | { kind: 'claimed'; record: ReportRecord | FollowUpRecord; slot: string | null }
  /** `by`: the sender at work, when the lock of its name tells whether it lives; else null. */
  | { kind: 'busy'; freeAtMs: number; by: string | null }
  | { kind: 'idle'; nextDueAtMs: number | null }

/** Reasons that lie with the network or the door, not with one report: they hold up all of them. */
const LINE_REASONS: ReadonlySet<KeepReason> = new Set(['unreachable', 'timed-out', 'busy', 'not-ours'])

export function isAboutTheLine(reason: KeepReason): boolean {
  return LINE_REASONS.has(reason)
}

/**
 * Takes the next due report or follow-up for one attempt: hazards first, then the least tried, then the oldest.
 * Runs inside one transaction, so at most one of the phone is on lease at any time.
 */
export function claimReport(contents: Contents, nowMs: number, sender: Sender): Change<Claim> {
  const { reports, followUps, line } = contents
  const all = [...reports, ...followUps]
  const foreign = all.find(
    (record) => isLeased(record, nowMs) && record.lease!.owner !== sender.owner && !(sender.lockHeld && record.lease!.lockHeld) && !sender.isDead(record.lease!.owner),
  )?.lease
  if (foreign) return { mayBeLost: true, result: { kind: 'busy', freeAtMs: foreign.untilMs, by: foreign.ownLock ? foreign.owner : null } }

  const waiting = all.filter((record) => !record.received && !record.attention && isSendable(record, reports))
  const urgent = new Set(waiting.filter((record) => isUrgent(record, followUps)))
  const next = waiting
    .filter((record) => sender.maySend(record.id) && dueAtMs(record, urgent.has(record), line, nowMs, sender.wake) <= nowMs)
    .sort((a, b) => Number(urgent.has(b)) - Number(urgent.has(a)) || a.attempts - b.attempts || a.savedAtMs - b.savedAtMs)[0]
  // Nobody else is at work, so whatever lease stands is that of a sender who died: nothing is being sent.
  const abandoned = all.filter(({ id, lease }) => lease && id !== next?.id).map((left) => ({ ...left, lease: null }))
  if (!next) {
    const dueAt = waiting.map((record) => dueAtMs(record, urgent.has(record), line, nowMs, 'timer'))
    return { ...putting(abandoned), mayBeLost: true, result: { kind: 'idle', nextDueAtMs: dueAt.length > 0 ? Math.min(...dueAt) : null } }
  }
  const record = { ...next, attempts: next.attempts + 1, lease: { owner: sender.owner, untilMs: nowMs + LEASE_MS, lockHeld: sender.lockHeld, ownLock: sender.ownLock } }
  const slot = record.hazards.length === 0 ? (line.asked?.slot ?? null) : null
  return { ...putting([record, ...abandoned]), mayBeLost: true, result: { kind: 'claimed', record, slot } }
}

/** The change that writes records of either kind. */
export function putting(records: readonly (ReportRecord | FollowUpRecord)[]): Pick<Change<unknown>, 'put' | 'putFollowUps'> {
  return { put: records.filter((record): record is ReportRecord => !isFollowUp(record)), putFollowUps: records.filter(isFollowUp) }
}

/** A follow-up goes after its report; one whose report this phone has long forgotten, by itself. */
function isSendable(record: ReportRecord | FollowUpRecord, reports: readonly ReportRecord[]): boolean {
  return !isFollowUp(record) || reports.every(({ id, received }) => id !== record.reportId || received !== null)
}

/** A hazard, or a report that a hazard waits behind. */
export function isUrgent(record: ReportRecord | FollowUpRecord, followUps: readonly FollowUpRecord[]): boolean {
  return record.hazards.length > 0 || followUps.some(({ reportId, hazards, received }) => reportId === record.id && hazards.length > 0 && !received)
}

/** @param urgent what the door asked of others does not hold it up, nor what it asked of a report before a hazard stood behind it */
function dueAtMs(record: Delivery, urgent: boolean, line: Line, nowMs: number, wake: Wake): number {
  const hazardous = record.hazards.length > 0
  const { retry } = record
  const waits = []
  if (retry?.askedByServer && urgent && !hazardous && isAboutTheLine(retry.reason)) waits.push(Math.min(retry.atMs, line.probe?.hazardAtMs ?? 0))
  else if (retry?.askedByServer || (retry && wake !== 'tap' && !isAboutTheLine(retry.reason))) waits.push(retry.atMs)
  if (line.asked && !urgent) waits.push(line.asked.atMs)
  if (line.probe && wake !== 'tap' && !isNewHazard(record, line.probe.setAtMs)) waits.push(urgent ? line.probe.hazardAtMs : line.probe.atMs)
  return Math.max(0, ...waits.filter((atMs) => !isStale(atMs, nowMs, urgent)))
}

/** Saved since the last failure, or while the attempt that failed was under way: it is tried at once, whoever sends it. */
function isNewHazard({ hazards, attempts, savedAtMs }: Delivery, failedAtMs: number): boolean {
  return hazards.length > 0 && attempts === 0 && savedAtMs >= failedAtMs - LEASE_MS
}
