import type { AppliedLoad } from './apply-load.ts'
import type { LoadProgress } from './load-stage.ts'
import type { EndedRun } from './full-load.ts'
import { counter, gauge } from '../../platform/metrics.ts'

const loadRows = gauge('stormdoor_sync_load_rows', 'Of the full load that is under way: told by the core system, fetched, and applied to the log', ['state'])
const runs = counter('stormdoor_sync_runs_total', 'Runs that ended', ['kind', 'outcome'])
const rejectedRows = counter('stormdoor_sync_rejected_rows_total', 'Rows that cannot be accounts', ['kind'])
const refused = gauge('stormdoor_sync_refused', '1 while what the core system tells is not believed: somebody must look', ['kind'])
const lastSuccess = gauge('stormdoor_sync_last_success_seconds', 'When a run last ended well, seconds since the epoch', ['kind'])
const pace = gauge('stormdoor_sync_requests_per_second', 'How often the core system is asked at the most just now')

export function showLoad({ snapshot, rows }: Pick<LoadProgress, 'snapshot' | 'rows'>, requestsPerSecond: number): void {
  loadRows.set({ state: 'told' }, snapshot.accounts)
  loadRows.set({ state: 'fetched' }, rows)
  loadRows.set({ state: 'applied' }, 0)
  pace.set(requestsPerSecond)
}

export function showApplied({ loaded, unchanged }: AppliedLoad): void {
  loadRows.set({ state: 'applied' }, loaded + unchanged)
}

export function showRun({ kind, outcome, rejected }: EndedRun, atMs: number, requestsPerSecond: number): void {
  runs.inc({ kind, outcome })
  rejectedRows.inc({ kind }, rejected)
  if (outcome !== 'failed') refused.set({ kind }, outcome === 'refused' ? 1 : 0)
  if (outcome === 'applied' || outcome === 'unchanged') lastSuccess.set({ kind }, atMs / 1_000)
  pace.set(requestsPerSecond)
  if (kind === 'full') loadRows.reset()
}
