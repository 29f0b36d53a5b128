import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../domain/clock.ts'
import { type FoundAccount, SEARCH_CHARS, SEARCH_ROWS, type SearchAnswer } from '../../domain/account-search.ts'
import type { EventLog, Partition } from '../platform/event-log/event-log.ts'
import type { Logger } from '../platform/logger.ts'
import { gauge } from '../platform/metrics.ts'
import { foldAccounts } from './fold-accounts.ts'
import { matchedWords } from './matched-words.ts'
import { SearchIndex } from './search-index.ts'
import type { KeptAccount, SearchStore } from './search-store.ts'

/** Between two of these other things have their turn: whoever types waits no longer than one of them takes. */
const LOADED_AT_ONCE = 500
const FOLDED_AT_ONCE = 250
const LOOK_EVERY_MS = 1_000
const RETRY_MS = 1_000

const accountsKnown = gauge('stormdoor_search_accounts', 'Accounts that are searched')
const isComplete = gauge('stormdoor_search_complete', 'Whether the search has read what the log had when it began')

export interface AccountSearchOptions {
  log: Pick<EventLog, 'partitions' | 'read' | 'end'>
  store: SearchStore
  clock: Clock
  logger: Pick<Logger, 'warn' | 'info'>
}

/** The accounts of the log, searched in memory. Answers from the first moment on and says whether it has them all yet. */
export interface RunningSearch {
  ask(typed: string): SearchAnswer
  /** Resolves when what the log had at the start is read. */
  complete: Promise<void>
  stop(): Promise<void>
}

/** Loads what its file has, then follows the log. */
export function runAccountSearch({ log, store, clock, logger }: AccountSearchOptions): RunningSearch {
  const index = new SearchIndex()
  const stop = new AbortController()
  const finished = Promise.withResolvers<void>()
  let complete = false
  let asOfMs: number | null = null
  let accounts = 0

  const load = async (): Promise<void> => {
    for (const { doc, account } of store.all()) {
      index.add(doc, account)
      if (++accounts % LOADED_AT_ONCE !== 0) continue
      await setImmediate()
      if (stop.signal.aborted) return
    }
    accountsKnown.set(accounts)
  }
  const fold = async (partition: Partition, follow: boolean): Promise<void> => {
    for await (const batch of log.read(partition, store.position(partition), { signal: stop.signal, follow, maxRecords: FOLDED_AT_ONCE })) {
      for (const { removed, added } of store.apply(partition, batch.at(-1)!.position, () => foldAccounts(store, batch))) {
        if (removed === null) accounts++
        else index.remove(removed)
        index.add(added.doc, added.account)
      }
      accountsKnown.set(accounts)
      await setImmediate()
    }
  }
  const patiently = async (work: () => Promise<void>): Promise<void> => {
    for (let failed = 0; !stop.signal.aborted; failed++) {
      try {
        return await work()
      } catch (error) {
        if (stop.signal.aborted) return
        if (failed === 0) logger.warn({ err: error }, 'the search cannot read the event log; goes on trying')
        await clock.sleep(RETRY_MS, stop.signal).catch(() => undefined)
      }
    }
  }
  /** It knows of every change while it has come to where the log ends. */
  const lookAtEnd = async (partitions: readonly Partition[]): Promise<void> => {
    while (!stop.signal.aborted) {
      const atMs = clock.nowMs()
      const ends = await Promise.all(partitions.map((partition) => log.end(partition))).catch(() => null)
      if (ends?.every((end, at) => end === null || end === store.position(partitions[at]!))) asOfMs = atMs
      await clock.sleep(LOOK_EVERY_MS, stop.signal).catch(() => undefined)
    }
  }
  const run = async (): Promise<void> => {
    await load()
    let partitions: Partition[] = []
    await patiently(async () => {
      partitions = await log.partitions('accounts')
      for (const partition of partitions) await fold(partition, false)
    })
    if (stop.signal.aborted) return
    complete = true
    asOfMs = clock.nowMs()
    isComplete.set(1)
    logger.info({ accounts }, 'the search has every account that the event log had when it began')
    finished.resolve()
    await Promise.all([...partitions.map((partition) => patiently(() => fold(partition, true))), lookAtEnd(partitions)])
  }
  const running = run()
  // Awaited by stop; a failure before that ends the process as any unhandled one does.
  return {
    ask: (typed) => {
      const asked = typed.slice(0, SEARCH_CHARS)
      const found = index.find(asked, SEARCH_ROWS).flatMap(({ doc }) => store.get(doc) ?? [])
      return { accounts: found.map((account) => shownOf(account, asked)), complete, asOf: asOfMs === null ? null : new Date(asOfMs).toISOString() }
    },
    complete: finished.promise,
    stop: async () => {
      stop.abort()
      await running
    },
  }
}

function shownOf(account: KeptAccount, typed: string): FoundAccount {
  const { accountNumber, name, line1, line2, city, phones, closed, flags, asOf } = account
  return {
    accountNumber, name, street: [line1, line2].filter(Boolean).join(', '), town: city, phoneEnds: phones.map((phone) => phone.slice(-4)), closed, flags, asOf,
    matched: matchedWords(typed, account),
  }
}
