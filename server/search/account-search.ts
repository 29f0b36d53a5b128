import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../domain/clock.ts'
import { SEARCH_CHARS, SEARCH_ROWS, type SearchAnswer } from '../../domain/account-search.ts'
import type { EventLog, Partition } from '../platform/event-log/event-log.ts'
import type { Logger } from '../platform/logger.ts'
import { gauge } from '../platform/metrics.ts'
import { foldAccounts } from './fold-accounts.ts'
import { SearchIndex } from './search-index.ts'
import type { IndexChange, SearchStore } from './search-store.ts'
import { shownOf } from './shown-account.ts'

/** Between two of these other things have their turn: whoever types waits no longer than one of them takes. */
const LOADED_AT_ONCE = 500
const FOLDED_AT_ONCE = 250
/** What was replaced takes memory until the index is made anew: when this share of it is that, and no sooner than at so many. */
const COMPACTED_AT_SHARE = 0.2
const COMPACTED_AT_LEAST = 250
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
  /** Accounts in memory, and those of them that were replaced since. */
  inMemory(): { accounts: number; replaced: number }
  /** Resolves when what the log had at the start is read. */
  complete: Promise<void>
  stop(): Promise<void>
}

/** Loads what its file has, then follows the log. */
export function runAccountSearch({ log, store, clock, logger }: AccountSearchOptions): RunningSearch {
  let index = new SearchIndex()
  /** Takes the place of the other when it has everything. */
  let nextIndex: { index: SearchIndex; upTo: number } | null = null
  const stop = new AbortController()
  const finished = Promise.withResolvers<void>()
  let complete = false
  let asOfMs: number | null = null
  let accounts = 0

  /** Resolves to how many there were. What is put meanwhile comes after what is there, so it is met as well. */
  const load = async (into: { index: SearchIndex; upTo: number }): Promise<number> => {
    for (let loaded = 0; ; ) {
      const next = stop.signal.aborted ? [] : store.after(into.upTo, LOADED_AT_ONCE)
      if (next.length === 0) return loaded
      for (const { doc, account } of next) into.index.add(doc, account)
      into.upTo = next.at(-1)!.doc
      loaded += next.length
      await setImmediate()
    }
  }
  const compact = async (): Promise<void> => {
    nextIndex = { index: new SearchIndex(), upTo: 0 }
    await load(nextIndex)
    if (!stop.signal.aborted) index = nextIndex.index
    nextIndex = null
  }
  const change = ({ removed, added }: IndexChange): void => {
    if (removed === null) accounts++
    else {
      index.remove(removed)
      nextIndex?.index.remove(removed)
    }
    index.add(added.doc, added.account)
  }
  const fold = async (partition: Partition, follow: boolean): Promise<void> => {
    for await (const batch of log.read(partition, store.position(partition), { signal: stop.signal, follow, maxRecords: FOLDED_AT_ONCE })) {
      const { position, envelope } = batch.at(-1)!
      for (const one of store.apply(partition, position, envelope.time, () => foldAccounts(store, batch))) change(one)
      accountsKnown.set(accounts)
      if (!nextIndex && index.gone > Math.max(index.size * COMPACTED_AT_SHARE, COMPACTED_AT_LEAST)) compacting = compact()
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
    accounts = await load({ index, upTo: 0 })
    accountsKnown.set(accounts)
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
  let compacting = Promise.resolve()
  const running = run()
  // Awaited by stop; a failure before that ends the process as any unhandled one does.
  return {
    ask: (typed) => {
      const asked = typed.slice(0, SEARCH_CHARS)
      const found = index.find(asked, SEARCH_ROWS).flatMap(({ doc }) => store.get(doc) ?? [])
      return { accounts: found.map((account) => shownOf(account, asked)), complete, asOf: asOfMs === null ? null : new Date(asOfMs).toISOString() }
    },
    inMemory: () => ({ accounts: index.size, replaced: index.gone }),
    complete: finished.promise,
    stop: async () => {
      stop.abort()
      await running
      await compacting
    },
  }
}
