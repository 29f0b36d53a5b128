import type { Change } from './outbox-store.ts'
import { isLeased, LEASE_MS, type ReportRecord } from './report-record.ts'
import { LONGEST_RETRY_MS } from './retry-policy.ts'

export interface Sender {
  /** One random name per run of a sender. */
  owner: string
  /** Whether the Web Lock is held: then a lease that another lock holder left behind is dead. */
  lockHeld: boolean
  /** Ignores this phone's own back-off (new evidence that the network is there), never what the server asked for. */
  force: boolean
  /** False for what this run has already tried. */
  maySend(id: string): boolean
}

export type Claim =
  | { kind: 'claimed'; record: ReportRecord }
  | { kind: 'busy'; freeAtMs: number }
  | { kind: 'idle'; nextDueAtMs: number | null }

/**
 * Takes the next due report for one attempt: hazards first, then the least tried, then the oldest.
 * Runs inside one transaction, so at most one report of the phone is on lease at any time.
 */
export function claimReport(reports: readonly ReportRecord[], nowMs: number, sender: Sender): Change<Claim> {
  const foreign = reports.find(
    (record) => isLeased(record, nowMs) && record.lease!.owner !== sender.owner && !(sender.lockHeld && record.lease!.lockHeld),
  )
  if (foreign) return { result: { kind: 'busy', freeAtMs: foreign.lease!.untilMs } }

  const waiting = reports.filter((record) => !record.received && !record.attention)
  const next = waiting.filter((record) => sender.maySend(record.id) && dueAtMs(record, nowMs, sender.force) <= nowMs).sort(byUrgency)[0]
  if (!next) {
    const dueAt = waiting.map((record) => dueAtMs(record, nowMs, false))
    return { result: { kind: 'idle', nextDueAtMs: dueAt.length > 0 ? Math.min(...dueAt) : null } }
  }
  const record: ReportRecord = {
    ...next,
    attempts: next.attempts + 1,
    lease: { owner: sender.owner, untilMs: nowMs + LEASE_MS, lockHeld: sender.lockHeld },
  }
  const abandoned = reports.filter(({ id, lease }) => lease && id !== record.id).map(released)
  return { put: [record, ...abandoned], result: { kind: 'claimed', record } }
}

function released(record: ReportRecord): ReportRecord {
  return { ...record, lease: null }
}

function dueAtMs({ retry }: ReportRecord, nowMs: number, force: boolean): number {
  if (!retry || retry.atMs - nowMs > LONGEST_RETRY_MS) return 0
  return force && !retry.askedByServer ? 0 : retry.atMs
}

function byUrgency(a: ReportRecord, b: ReportRecord): number {
  const hazard = Number(b.hazards.length > 0) - Number(a.hazards.length > 0)
  return hazard || a.attempts - b.attempts || a.savedAtMs - b.savedAtMs
}
