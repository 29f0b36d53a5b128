import { systemClock, systemRandom, type Clock, type Random } from '../../../domain/clock.ts'
import { accountNumberKey, type Account } from '../../../domain/account.ts'
import type { NewEvent } from '../../../domain/event.ts'
import { IndeterminateError, LogUnavailableError } from '../../platform/errors.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { sha256 } from '../../platform/hash.ts'
import { uuidV5 } from '../../platform/uuid-v5.ts'
import { changedColumns, columnHashes } from '../account-columns.ts'
import { accountHash } from '../account-hash.ts'
import type { AccountsIndex, IndexedAccount } from '../accounts-index.ts'

const BATCH_ACCOUNTS = 500
const APPEND_TRIES = 8

export interface LoadedAccounts {
  /** Accounts that were new or had changed. */
  loaded: number
  unchanged: number
}

/**
 * Appends `account.upserted.v1` for each account that is new or says something else than its newest event.
 * The event's id names the account, what it says and the event that it follows: a run that was killed and started
 * again makes the same ids, and A, then B, then A again are three events.
 * @param options.accounts each account at most once
 * @throws LogUnavailableError, IndeterminateError after several tries; run again to go on
 */
export async function loadAccounts(options: {
  log: EventLog
  index: AccountsIndex
  accounts: Iterable<Account>
  onProgress?: (done: number) => void
  signal?: AbortSignal
  clock?: Clock
  random?: Random
}): Promise<LoadedAccounts> {
  const result = { loaded: 0, unchanged: 0 }
  let batch: Account[] = []
  const flush = async () => {
    options.signal?.throwIfAborted()
    await options.index.catchUp(options.log, options.signal)
    const known = options.index.findMany(batch.map(({ accountNumber }) => accountNumberKey(accountNumber)))
    const upserts = batch.map((account) => upsertEvents(account, accountHash(account), known)).filter((events) => events.length > 0)
    if (upserts.length > 0) await appendSurely(options.log, upserts.flat(), options.clock ?? systemClock, options.random ?? systemRandom)
    result.loaded += upserts.length
    result.unchanged += batch.length - upserts.length
    batch = []
    options.onProgress?.(result.loaded + result.unchanged)
  }
  for (const account of options.accounts) {
    batch.push(account)
    if (batch.length === BATCH_ACCOUNTS) await flush()
  }
  await flush()
  return result
}

/**
 * The event that makes an account what it is told to be, after one that tells what it changes; none when its newest event
 * says the same. In this order: a run that was killed in between finds the account as it was, and makes both again.
 * @param contentHash accountHash of it
 * @param known the newest events, by accountNumberKey
 */
export function upsertEvents(account: Account, contentHash: string, known: ReadonlyMap<string, IndexedAccount>): NewEvent<'account.changed.v1' | 'account.upserted.v1'>[] {
  const key = accountNumberKey(account.accountNumber)
  const newest = known.get(key)
  if (newest?.contentHash === contentHash) return []
  const upserted = { id: uuidV5('account-upserted', key, contentHash, newest?.eventId ?? ''), type: 'account.upserted.v1' as const, key, bodyHash: contentHash, data: account }
  return newest ? [changedEvent(account, contentHash, newest), upserted] : [upserted]
}

function changedEvent(account: Account, contentHash: string, { key, eventId, closed, columns }: IndexedAccount): NewEvent<'account.changed.v1'> {
  const data = { accountNumber: account.accountNumber, fields: closed ? [] : changedColumns(columns, columnHashes(account)), reopened: closed }
  return { id: uuidV5('account-changed', key, contentHash, eventId), type: 'account.changed.v1', key, bodyHash: sha256(JSON.stringify(data)), data }
}

/** The same ids each time, so a try whose answer was lost is repeated without harm. */
export async function appendSurely(log: Pick<EventLog, 'append'>, events: readonly NewEvent[], clock: Clock, random: Random): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await log.append(events)
      return
    } catch (error) {
      const passing = error instanceof IndeterminateError || error instanceof LogUnavailableError
      if (!passing || attempt === APPEND_TRIES) throw error
      await clock.sleep(random.fraction() * Math.min(5_000, 100 * 2 ** attempt))
    }
  }
}
