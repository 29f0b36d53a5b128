import type { Clock, Random } from '../../domain/clock.ts'
import { versionOf, type EventEnvelope } from '../../domain/event.ts'
import type { AccountsSynced, CacheFlipped, Dependency, DependencyChanged } from '../../domain/operations.ts'
import { dependencyStates, trackDependency } from '../platform/dependency-states.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { followTopic } from '../platform/event-log/follow-topic.ts'
import type { Logger } from '../platform/logger.ts'

/** A process says every 4 minutes what is down for it: one that has been silent so long is gone, and its word with it. */
const STALE_AFTER_MS = 10 * 60_000
/** Processes and dependencies at once; beyond, what is oldest goes. */
const MOST_DOWN = 500
/** Of each kind: changes come every minute, a full load once a week. */
const RUNS_KEPT = 5
const FLIPS_KEPT = 5

export interface DependencyDown {
  dependency: Dependency
  /** ISO 8601 UTC: when the first process that finds it so stopped asking. */
  since: string
  /** Nodes' names. */
  processes: string[]
  /** Kinds of failures, each once. */
  reasons: string[]
}

export type SyncRun = Omit<AccountsSynced, 'cursor'>

export interface Board {
  down: DependencyDown[]
  /** The last few of each kind, newest first. */
  runs: SyncRun[]
  /** The last run that brought accounts or found none to bring; null when there was none. */
  lastGoodRun: SyncRun | null
  flips: CacheFlipped[]
  /** False until what the log had at the start is read. */
  whole: boolean
}

export interface OperationsBoard {
  /** At once, of what is known. */
  view(): Board
  /** Resolves when the board is whole, when the log is away, or after so many milliseconds. */
  ready(withinMs: number): Promise<void>
  close(): void
}

interface Options {
  /** Opens the log, or gives it opened; asked again after each failure. */
  log: () => Promise<EventLog>
  /** Name of this node: what it finds itself counts at once, also while the log is away. */
  node: string
  clock: Clock
  random: Random
  logger: Logger
}

/**
 * The topic `ops` folded in memory: needs the log alone, and shows what it knew while that is away.
 * Of what went by only the newest is kept, so it stays small however long the log is.
 */
export function followOperations(options: Options): OperationsBoard {
  const { clock } = options
  const fold = operationsFold()
  const closing = new AbortController()
  const finished = Promise.withResolvers<void>()
  const eventLog = trackDependency('event-log')
  let whole = false
  let away = false
  const toldBy = (answers: boolean, reason: string | null) => {
    away = !answers
    eventLog.changed(answers ? 'closed' : 'open', reason)
  }
  void followTopic({ ...options, topic: 'ops', name: 'the operations board', take: fold.take, signal: closing.signal, answers: toldBy }).then(() => {
    whole = true
    finished.resolve()
  })
  return {
    view: () => ({ down: fold.down(clock.nowMs(), options.node), runs: fold.runs(), lastGoodRun: fold.lastGoodRun(), flips: fold.flips(), whole }),
    ready: async (withinMs) => {
      if (whole || away) return
      const patience = new AbortController()
      await Promise.race([finished.promise, clock.sleep(withinMs, patience.signal).catch(() => undefined)])
      patience.abort()
    },
    close: () => {
      closing.abort()
      eventLog.release()
    },
  }
}

interface HeardDown {
  words: DependencyChanged
  /** Wall-clock ms by the log's time. */
  saidAtMs: number
}

function operationsFold() {
  const down = new Map<string, HeardDown>()
  const runs: { version: string; run: SyncRun }[] = []
  const flips: { version: string; flip: CacheFlipped }[] = []
  let lastGood: { version: string; run: SyncRun } | null = null
  const take = (envelope: EventEnvelope): void => {
    const version = versionOf(envelope)
    if (isOf('dependency.changed.v1', envelope)) {
      const words = envelope.data
      const key = `${words.node} ${words.dependency}`
      // Taken out and put back: the oldest stand first.
      down.delete(key)
      if (words.state === 'open') down.set(key, { words, saidAtMs: Date.parse(envelope.time) })
      if (down.size > MOST_DOWN) down.delete(down.keys().next().value!)
    } else if (isOf('accounts.synced.v1', envelope)) {
      const { cursor: _cursor, ...run } = envelope.data
      keepNewest(runs, { version, run }, (kept) => kept.run.kind === run.kind, RUNS_KEPT)
      if ((run.outcome === 'applied' || run.outcome === 'unchanged') && (!lastGood || version > lastGood.version)) lastGood = { version, run }
    } else if (isOf('cache.flipped.v1', envelope)) {
      keepNewest(flips, { version, flip: envelope.data }, () => true, FLIPS_KEPT)
    }
  }
  return {
    take,
    runs: () => runs.map(({ run }) => run),
    flips: () => flips.map(({ flip }) => flip),
    lastGoodRun: () => lastGood?.run ?? null,
    down: (nowMs: number, ownNode: string): DependencyDown[] => {
      const own = dependencyStates().filter(({ state }) => state !== 'closed').map((state) => ({ ...state, node: ownNode }))
      const others = [...down.values()].filter(({ words, saidAtMs }) => words.node !== ownNode && nowMs - saidAtMs < STALE_AFTER_MS)
      return gather([...own.map(({ dependency, since, reason, node }) => ({ dependency, since, reason, node })), ...others.map(({ words }) => ({ ...words, since: words.at }))])
    },
  }
}

function gather(found: readonly { dependency: Dependency; since: string; reason: string | null; node: string }[]): DependencyDown[] {
  return [...Map.groupBy(found, ({ dependency }) => dependency)].map(([dependency, all]) => ({
    dependency,
    since: all.map(({ since }) => since).sort()[0]!,
    processes: [...new Set(all.map(({ node }) => node))].sort(),
    reasons: [...new Set(all.flatMap(({ reason }) => reason ?? []))].sort(),
  }))
}

/** Newest first, also when partitions are read side by side; of those like it, the oldest goes when they are too many. */
function keepNewest<T extends { version: string }>(list: T[], one: T, isLike: (kept: T) => boolean, most: number): void {
  const at = list.findIndex(({ version }) => version < one.version)
  list.splice(at === -1 ? list.length : at, 0, one)
  const oldest = list.findLastIndex(isLike)
  if (list.filter(isLike).length > most) list.splice(oldest, 1)
}

function isOf<T extends EventEnvelope['type']>(type: T, envelope: EventEnvelope): envelope is EventEnvelope<T> {
  return envelope.type === type
}
