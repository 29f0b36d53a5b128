import { accountNumberKey } from '../../../domain/account.ts'
import type { Utility } from '../../../domain/utility.ts'
import { AccountDigest } from '../../core-system/account-digest.ts'
import type { CoreSystem } from '../../core-system/core-system.ts'
import { accountHash } from '../account-hash.ts'
import { askCore, type CoreAsker } from './ask-core.ts'
import { judgeRow, misshapenColumns, reject, rowDefaults, type RowDefaults } from './judge-row.ts'
import type { LoadProgress, LoadStage } from './load-stage.ts'

/** What every step of a load takes. */
export interface LoadContext {
  core: CoreSystem
  asker: CoreAsker
  stage: LoadStage
  utility: Pick<Utility, 'coreSystem' | 'defaultCountry' | 'locales'>
  /** Told after each page. */
  onProgress: (progress: LoadProgress) => void
}

/**
 * Stages the pages of the snapshot that are not there yet, one after the other; each is fetched once, but for the one
 * during which the process was killed. Stops early when there are more rows than the snapshot has.
 * Throws CoreGoneError when the snapshot is no longer kept, and what askCore throws.
 */
export async function fetchSnapshot({ core, asker, stage, utility, onProgress }: LoadContext, begun: LoadProgress): Promise<LoadProgress> {
  const { snapshotId, accounts } = begun.snapshot
  const defaults = rowDefaults(utility)
  let progress = begun
  while (progress.phase === 'fetching') {
    const { next: after, pages } = progress
    const { rows, next } = await askCore(asker, (call) => core.snapshotPage(snapshotId, after, utility.coreSystem.rowsPerPage, call))
    asker.signal.throwIfAborted()
    // A page without rows that says it is not the last one would go on for ever.
    const last = next === null || rows.length === 0 || progress.rows + rows.length > accounts
    progress = stage.step(() => ({ ...withRows(stage, progress, rows, defaults), pages: pages + 1, next, phase: last ? 'fetched' : 'fetching' }))
    onProgress(progress)
  }
  return progress
}

/** The progress with these rows in it; the rows are put. Within `step`. */
function withRows(stage: LoadStage, before: LoadProgress, rows: readonly unknown[], defaults: RowDefaults): LoadProgress {
  const progress = { ...before, misshaped: { ...before.misshaped }, rejectedRows: [...before.rejectedRows] }
  const digest = new AccountDigest(before.digest)
  for (const row of rows) {
    digest.add(row)
    progress.rows++
    const judged = judgeRow(row, defaults)
    if ('rejected' in judged) {
      reject(progress, { row: progress.rows, ...judged.rejected })
      if (judged.key === null) progress.unreadable++
      else stage.put({ key: judged.key, contentHash: '', account: '' })
      continue
    }
    const { key, account } = judged
    for (const column of misshapenColumns(account, defaults.country)) progress.misshaped[column] = (progress.misshaped[column] ?? 0) + 1
    const added = stage.put({ key, contentHash: accountHash(account), account: JSON.stringify(account) })
    if (!added) reject(progress, { row: progress.rows, account: account.accountNumber, field: 'accountNumber', rule: 'was told in an earlier row' })
  }
  return { ...progress, digest: digest.toString() }
}

/** Adds to the stage what changed since the snapshot was taken, so that nothing newer is undone by it. */
export async function fetchChangesSince({ core, asker, stage, utility, onProgress }: LoadContext, fetched: LoadProgress): Promise<LoadProgress> {
  const defaults = rowDefaults(utility)
  let progress = fetched
  for (;;) {
    const { cursor } = progress
    const answer = await askCore(asker, (call) => core.accountChanges(cursor, utility.coreSystem.rowsPerPage, null, call))
    asker.signal.throwIfAborted()
    if (answer === 'unchanged') return progress
    const { changes, next, more } = answer
    progress = stage.step(() => {
      let { unreadable } = progress
      for (const change of changes) {
        const judged = change.type === 'upsert' ? judgeRow(change.account, defaults) : null
        if (change.type === 'closed') stage.remove(accountNumberKey(change.accountNumber))
        else if (judged && 'account' in judged) {
          stage.replace({ key: judged.key, contentHash: accountHash(judged.account), account: JSON.stringify(judged.account) })
        } else if (judged?.key) stage.replace({ key: judged.key, contentHash: '', account: '' })
        else unreadable++
      }
      return { ...progress, unreadable, cursor: next }
    })
    onProgress(progress)
    if (!more || next === cursor) return progress
  }
}
