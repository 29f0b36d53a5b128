import type { AccountsSynced } from '../../../domain/operations.ts'
import { AccountDigest } from '../../core-system/account-digest.ts'
import { CoreGoneError } from '../../core-system/core-errors.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import type { AccountsIndex } from '../accounts-index.ts'
import { applyLoad, type AppliedLoad } from './apply-load.ts'
import { askCore, failureOf, isOfCore } from './ask-core.ts'
import { compareLoad, type LoadDifference } from './compare-load.ts'
import { fetchChangesSince, fetchSnapshot, type LoadContext } from './fetch-snapshot.ts'
import { closingsLeft, faultsOf, leapsOf, type Reason } from './judge-load.ts'
import type { LoadProgress } from './load-stage.ts'

/** A snapshot that is taken away while it is fetched is followed by another one, so often. */
const MOST_SNAPSHOTS = 3

export interface FullLoadContext extends LoadContext {
  log: EventLog
  index: AccountsIndex
  onApplied: (applied: AppliedLoad) => void
  /**
   * Builds the next generation of the cache from what was applied, and makes it live. @returns reasons why it was left
   * @param accepted the load was far from what was known, and staff said that this is right
   */
  renewCache: (accepted: boolean, signal: AbortSignal) => Promise<Reason[]>
}

export interface FullLoadRequest {
  runId: string
  startedAt: string
  /** Of the snapshot that was applied last; null to load whatever there is. */
  knownEtag: string | null
  acceptDifference: boolean
}

/** A run as it is told to the log, but for when it ended and the next begins. */
export type EndedRun = Omit<AccountsSynced, 'endedAt' | 'nextRunAt'>

export function runOf(run: Pick<EndedRun, 'runId' | 'kind' | 'startedAt' | 'outcome'> & Partial<EndedRun>): EndedRun {
  return { asOf: null, cursor: null, rows: 0, loaded: 0, unchanged: 0, closed: 0, rejected: 0, rejectedRows: [], reasons: [], ...run }
}

/**
 * Fetches all accounts into the stage, judges them, and applies what differs. Begun again after a kill, it goes on where it was.
 * What of it fails or is refused leaves the stage for the next try and the log as it was.
 * Throws only what is no fault of the core system: the signal's reason, and the log's errors.
 */
export async function fullLoad(context: FullLoadContext, request: FullLoadRequest): Promise<EndedRun> {
  const run = { runId: request.runId, kind: 'full' as const, startedAt: request.startedAt }
  let fetched: LoadProgress | 'unchanged'
  try {
    fetched = await fetchWhole(context, request)
  } catch (error) {
    if (!isOfCore(error)) throw error
    const staged = context.stage.progress
    return runOf({ ...run, outcome: 'failed', rows: staged?.rows ?? 0, rejected: staged?.rejected ?? 0, asOf: staged?.snapshot.asOf ?? null, reasons: [failureOf(error)] })
  }
  if (fetched === 'unchanged') return runOf({ ...run, outcome: 'unchanged' })
  const { snapshot, rows, rejected, rejectedRows, cursor } = fetched
  const told = { ...run, asOf: snapshot.asOf, rows, rejected, rejectedRows }
  const judgement = await judge(context, fetched, request)
  if ('refused' in judgement) return runOf({ ...told, outcome: 'refused', reasons: judgement.refused })

  const { accepted, unclosed } = judgement
  const { stage, asker, index, log } = context
  const applied = await applyLoad({ log, closes: unclosed.length === 0, clock: asker.clock, random: asker.random, signal: asker.signal }, stage, index, context.onApplied)
  const left = await context.renewCache(accepted.length > 0, asker.signal)
  return runOf({ ...told, ...applied, outcome: 'applied', cursor, etag: snapshot.etag, reasons: [...accepted, ...unclosed, ...left] })
}

async function fetchWhole(context: FullLoadContext, request: FullLoadRequest): Promise<LoadProgress | 'unchanged'> {
  for (let snapshots = 1; ; snapshots++) {
    const begun = await begin(context, request)
    if (begun === 'unchanged') return begun
    try {
      const fetched = await fetchSnapshot(context, begun)
      return faultsOf(fetched, context.utility.coreSystem).length > 0 ? fetched : await fetchChangesSince(context, fetched)
    } catch (error) {
      if (!(error instanceof CoreGoneError) || snapshots === MOST_SNAPSHOTS) throw error
      context.stage.clear()
    }
  }
}

/**
 * Where this run was killed, while it was applied too: another node may have gone on since, so what changed meanwhile is
 * fetched and all is judged again. Else the core system's newest snapshot, from the page at which an earlier run of it stopped.
 */
async function begin({ core, asker, stage }: FullLoadContext, { runId, startedAt, knownEtag }: FullLoadRequest): Promise<LoadProgress | 'unchanged'> {
  const staged = stage.progress
  if (staged?.runId === runId) return staged
  const known = knownEtag === null ? null : { etag: knownEtag }
  const snapshot = await askCore(asker, (call) => core.snapshot(known, call))
  if (snapshot === 'unchanged') return 'unchanged'
  if (staged && staged.snapshot.snapshotId === snapshot.snapshotId && staged.snapshot.digest === snapshot.digest) {
    return stage.step(() => ({ ...staged, runId, startedAt }))
  }
  return stage.begin({ runId, startedAt, snapshot, digest: new AccountDigest().toString() })
}

/** What is accepted although it is far from what was known, and why what is missing stays open; or why the load is refused. */
async function judge(context: FullLoadContext, fetched: LoadProgress, { acceptDifference }: FullLoadRequest): Promise<{ accepted: Reason[]; unclosed: Reason[] } | { refused: Reason[] }> {
  const { utility, stage, index, log, asker } = context
  const faults = faultsOf(fetched, utility.coreSystem)
  await index.catchUp(log, asker.signal)
  const difference: LoadDifference = await compareLoad(stage, index, asker.signal)
  const leaps = leapsOf(difference, utility.coreSystem)
  // Damaged on its way or not what it says it is: nothing of it is used again.
  if (faults.length > 0) stage.clear()
  if (faults.length > 0 || (leaps.length > 0 && !acceptDifference)) return { refused: [...faults, ...leaps] }
  return { accepted: leaps.length === 0 ? [] : [{ code: 'difference-accepted', detail: {} }, ...leaps], unclosed: closingsLeft(fetched, difference) }
}
