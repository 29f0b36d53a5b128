import { setImmediate as nextTick } from 'node:timers/promises'
import type { Account } from '../../../domain/account.ts'
import { changedColumns, columnHashes } from '../account-columns.ts'
import type { AccountsIndex, IndexedAccount } from '../accounts-index.ts'
import type { LoadStage, StagedAccount } from './load-stage.ts'

const ROWS_AT_ONCE = 2_000

/** What a load would change of the accounts that are known. */
export interface LoadDifference {
  /** Accounts known now, closed ones aside. */
  known: number
  /** New, or closed before. */
  added: number
  changed: number
  unchanged: number
  missing: number
  /** Known accounts whose value changed, by column. */
  columns: Record<string, number>
}

/** Staged accounts with what is known of each, by the thousand; rejected rows are left out. Lets other work run in between. */
export async function* stagedWithKnown(stage: LoadStage, index: AccountsIndex, signal: AbortSignal): AsyncGenerator<{ staged: StagedAccount[]; known: Map<string, IndexedAccount> }> {
  let after = 0
  for (;;) {
    signal.throwIfAborted()
    const page = stage.pageAfter(after, ROWS_AT_ONCE)
    const last = page.at(-1)
    if (!last) return
    after = last.row
    const staged = page.filter(({ contentHash }) => contentHash !== '')
    yield { staged, known: index.findMany(staged.map(({ key }) => key)) }
    await nextTick()
  }
}

/** Known accounts that the load does not have, by the thousand, and how many were looked at. */
export async function* missingAccounts(stage: LoadStage, index: AccountsIndex, signal: AbortSignal): AsyncGenerator<{ looked: number; missing: IndexedAccount[] }> {
  let after = ''
  for (;;) {
    signal.throwIfAborted()
    const page = index.openAfter(after, ROWS_AT_ONCE)
    const last = page.at(-1)
    if (!last) return
    after = last.key
    const present = stage.present(page.map(({ key }) => key))
    yield { looked: page.length, missing: page.filter(({ key }) => !present.has(key)) }
    await nextTick()
  }
}

/** Reads both whole. The index must be at the log's end. */
export async function compareLoad(stage: LoadStage, index: AccountsIndex, signal: AbortSignal): Promise<LoadDifference> {
  const difference: LoadDifference = { known: 0, added: 0, changed: 0, unchanged: 0, missing: 0, columns: {} }
  for await (const { staged, known } of stagedWithKnown(stage, index, signal)) {
    for (const { key, contentHash, account } of staged) {
      const held = known.get(key)
      if (!held || held.closed) difference.added++
      else if (held.contentHash === contentHash) difference.unchanged++
      else {
        difference.changed++
        // The stage holds accounts that parseCoreAccount made.
        for (const column of changedColumns(held.columns, columnHashes(JSON.parse(account) as Account))) {
          difference.columns[column] = (difference.columns[column] ?? 0) + 1
        }
      }
    }
  }
  for await (const { looked, missing } of missingAccounts(stage, index, signal)) {
    difference.known += looked
    difference.missing += missing.length
  }
  return difference
}
