import { accountNumberKey, type Account } from '../../../domain/account.ts'
import type { NewEvent } from '../../../domain/event.ts'
import { MOST_REJECTED_SHOWN } from '../../../domain/operations.ts'
import type { CoreChange } from '../../core-system/core-answers.ts'
import { CoreGoneError } from '../../core-system/core-errors.ts'
import type { CoreSystem } from '../../core-system/core-system.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { accountHash } from '../account-hash.ts'
import type { AccountsIndex } from '../accounts-index.ts'
import { appendSurely, upsertEvents } from '../import/load-accounts.ts'
import { accountClosedEvent } from './account-closed-event.ts'
import { askCore, failureOf, isOfCore, type CoreAsker } from './ask-core.ts'
import type { LoadContext } from './fetch-snapshot.ts'
import { runOf, type EndedRun } from './full-load.ts'
import { FEWEST_REFUSED, isTooMany, misshapenReasons, tooMany, type Reason } from './judge-load.ts'
import { judgeRow, misshapenColumns, reject, rowDefaults, type RejectedRow, type RowDefaults } from './judge-row.ts'

export interface ChangesContext {
  core: CoreSystem
  asker: CoreAsker
  log: EventLog
  index: AccountsIndex
  utility: LoadContext['utility']
  feed: FeedState
}

/** What is kept of the feed from run to run, by the process that owns sync. */
export interface FeedState {
  cursor: string
  etag: string | null
  /** Closings of the last day: a feed that closes everybody does it page by page. */
  closings: { atMs: number; accounts: number }[]
  /** Keeps cursor and closings, after each page. */
  save: () => void
}

type Tally = Pick<EndedRun, 'rows' | 'loaded' | 'unchanged' | 'closed' | 'rejected' | 'rejectedRows'>

const DAY_MS = 86_400_000
const EVENTS_AT_ONCE = 500

/**
 * Follows the core system's changes to their end: each page is in the log before the cursor moves on. A page that cannot be
 * right is refused whole: the cursor stays before it.
 * @returns the run; reason `cursor-gone` asks for a full load
 * Throws what is no fault of the core system: the signal's reason, and the log's errors.
 */
export async function followChanges(context: ChangesContext, run: { runId: string; startedAt: string }): Promise<EndedRun> {
  const { feed, asker } = context
  const tally: Tally = { rows: 0, loaded: 0, unchanged: 0, closed: 0, rejected: 0, rejectedRows: [] }
  const ended = (outcome: EndedRun['outcome'], reasons: Reason[] = []): EndedRun =>
    runOf({ ...run, kind: 'changes', outcome, asOf: new Date(asker.clock.nowMs()).toISOString(), cursor: feed.cursor, ...tally, reasons })
  try {
    for (;;) {
      const answer = await askCore(asker, (call) =>
        context.core.accountChanges(feed.cursor, context.utility.coreSystem.rowsPerPage, feed.etag === null ? null : { etag: feed.etag }, call))
      if (answer === 'unchanged') return ended(tally.rows > 0 ? 'applied' : 'unchanged')
      const refused = await takePage(context, answer.changes, tally)
      if (refused.length > 0) return ended('refused', refused)
      const moved = answer.next !== feed.cursor
      // A page's tag is of its own question: only the last one is asked again.
      Object.assign(feed, { cursor: answer.next, etag: moved ? null : answer.etag })
      if (moved) feed.save()
      if (!answer.more || !moved) return ended(tally.rows > 0 ? 'applied' : 'unchanged')
    }
  } catch (error) {
    if (!isOfCore(error)) throw error
    return ended('failed', [error instanceof CoreGoneError ? { code: 'cursor-gone', detail: {} } : failureOf(error)])
  }
}

/** Appends what a page changes, and counts it. @returns why it is refused; then nothing of it was appended */
async function takePage({ asker, log, index, utility, feed }: ChangesContext, changes: readonly CoreChange[], run: Tally): Promise<Reason[]> {
  if (changes.length === 0) return []
  const page = readPage(changes, rowDefaults(utility), run.rows)
  await index.catchUp(log, asker.signal)
  const known = index.findMany([...page.newest.keys()])
  const closing = [...page.newest].flatMap(([key, account]) => {
    const held = known.get(key)
    return account === null && held && !held.closed ? [held] : []
  })
  const refused = judgePage(page, utility.coreSystem, closingsOf(feed, asker.clock.nowMs()) + closing.length, () => index.countOpen())
  if (refused.length > 0) return refused

  const upserts = [...page.newest.values()].map((account) => (account ? upsertEvents(account, accountHash(account), known) : [])).filter((events) => events.length > 0)
  const events: NewEvent[] = [...upserts.flat(), ...closing.map(accountClosedEvent)]
  asker.signal.throwIfAborted()
  for (let from = 0; from < events.length; from += EVENTS_AT_ONCE) await appendSurely(log, events.slice(from, from + EVENTS_AT_ONCE), asker.clock, asker.random)
  if (closing.length > 0) feed.closings.push({ atMs: asker.clock.nowMs(), accounts: closing.length })
  run.rows += changes.length
  run.loaded += upserts.length
  run.closed += closing.length
  run.rejected += page.rejected
  run.unchanged += changes.length - upserts.length - closing.length - page.rejected
  run.rejectedRows.push(...page.rejectedRows.slice(0, MOST_REJECTED_SHOWN - run.rejectedRows.length))
  return []
}

interface Page {
  rows: number
  /** The last that is told of each account; null: closed. */
  newest: Map<string, Account | null>
  rejected: number
  rejectedRows: RejectedRow[]
  /** Rows by column. */
  misshaped: Record<string, number>
}

/** @param rowsBefore of the same run */
function readPage(changes: readonly CoreChange[], defaults: RowDefaults, rowsBefore: number): Page {
  const page: Page = { rows: changes.length, newest: new Map(), rejected: 0, rejectedRows: [], misshaped: {} }
  for (const [place, change] of changes.entries()) {
    if (change.type === 'closed') {
      page.newest.set(accountNumberKey(change.accountNumber), null)
      continue
    }
    const judged = judgeRow(change.account, defaults)
    if ('rejected' in judged) {
      reject(page, { row: rowsBefore + place + 1, ...judged.rejected })
      // Closed before in this page, and there again.
      if (judged.key !== null && page.newest.get(judged.key) === null) page.newest.delete(judged.key)
      continue
    }
    for (const column of misshapenColumns(judged.account, defaults.country)) page.misshaped[column] = (page.misshaped[column] ?? 0) + 1
    page.newest.set(judged.key, judged.account)
  }
  return page
}

/** @param closings of the last day, with this page's. @param countKnown is asked only when there are enough of them */
function judgePage(page: Page, bounds: LoadContext['utility']['coreSystem'], closings: number, countKnown: () => number): Reason[] {
  const { rows, rejected, misshaped } = page
  const reasons: Reason[] = isTooMany(rejected, rows, bounds.mostRejected) ? [tooMany('too-many-rejected', 'rejected', rejected, 'rows', rows, bounds.mostRejected)] : []
  reasons.push(...misshapenReasons(misshaped, rows, bounds.mostRejected))
  if (closings < FEWEST_REFUSED) return reasons
  const known = countKnown()
  return isTooMany(closings, known, bounds.mostMissing) ? [...reasons, tooMany('too-many-missing', 'missing', closings, 'known', known, bounds.mostMissing)] : reasons
}

/** How many accounts the feed closed within a day; forgets older ones. */
function closingsOf(feed: FeedState, nowMs: number): number {
  feed.closings = feed.closings.filter(({ atMs }) => nowMs - atMs < DAY_MS)
  return feed.closings.reduce((sum, { accounts }) => sum + accounts, 0)
}
