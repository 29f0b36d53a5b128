import type { Clock, Random } from '../../../domain/clock.ts'
import type { Utility } from '../../../domain/utility.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import type { CoreSystem } from '../../core-system/core-system.ts'
import { IndeterminateError, LogUnavailableError } from '../../platform/errors.ts'
import type { EventLog, Partition, Position } from '../../platform/event-log/event-log.ts'
import { sha256 } from '../../platform/hash.ts'
import type { Logger } from '../../platform/logger.ts'
import type { AccountsIndex } from '../accounts-index.ts'
import { appendSurely } from '../import/load-accounts.ts'
import { failureOf, type CoreAsker } from './ask-core.ts'
import { CorePace } from './core-pace.ts'
import { FeedFile } from './feed-file.ts'
import { followChanges } from './follow-changes.ts'
import { fullLoad, runOf, type EndedRun, type FullLoadContext } from './full-load.ts'
import { LoadStage } from './load-stage.ts'
import { findRun, SYNC_KEY, syncedEventId } from './request-full-load.ts'
import { SyncHistory } from './sync-history.ts'
import { showApplied, showLoad, showRun } from './sync-metrics.ts'
import { SyncSchedule } from './sync-schedule.ts'

/** How soon a request is seen. */
const LOOK_EVERY_MS = 250
const LOAD_PATIENCE_MS = 600_000
const CHANGES_PATIENCE_MS = 20_000
/** A run of the change feed that says nothing new is told this seldom. */
const SAME_TOLD_EVERY_MS = 300_000
const LOG_PAUSE_MS = 5_000

export interface SyncOptions {
  log: EventLog
  /** Null: none is configured; what is requested fails with that reason. */
  core: CoreSystem | null
  /** Which core system it is, for what is staged of another one. */
  coreUrl: string
  index: AccountsIndex
  /** Of sync's own, on a disk that survives the process. */
  folder: string
  utility: Pick<Utility, 'coreSystem' | 'defaultCountry' | 'locales' | 'timeZone'>
  clock: Clock
  random: Random
  logger: Logger
  renewCache: FullLoadContext['renewCache']
}

type Task = { kind: 'full'; runId: string; startedAt: string; acceptDifference: boolean; knownEtag: string | null } | { kind: 'changes' } | { kind: 'wait' }

/** The one of the cluster that asks the core system for accounts, for as long as it owns sync. */
export class SyncRunner {
  readonly #options: SyncOptions
  readonly #signal: AbortSignal
  readonly #schedule: SyncSchedule
  readonly #pace: CorePace
  readonly #stage: LoadStage
  readonly #feedFile: FeedFile
  readonly #history = new SyncHistory()
  readonly #positions = new Map<Partition, Position>()
  #changesEndedAtMs = -Infinity
  #feedEtag: string | null = null
  #toldChanges = { words: '', atMs: -Infinity }

  /** @param signal of the ownership: after it nothing more is appended */
  constructor(options: SyncOptions, signal: AbortSignal) {
    const { folder, log, coreUrl, utility, clock } = options
    const owner = `${log.logId} ${sha256(coreUrl)}`
    this.#options = options
    this.#signal = signal
    this.#schedule = new SyncSchedule(utility)
    this.#pace = new CorePace(clock, utility.coreSystem.requestsPerSecond)
    this.#stage = new LoadStage(folder, owner)
    this.#feedFile = new FeedFile(folder, owner)
  }

  /** Ends when the ownership does. */
  async run(): Promise<void> {
    const { clock, random, logger } = this.#options
    try {
      while (!this.#signal.aborted) {
        try {
          await this.#readHistory()
          const task = await this.#nextTask()
          if (task.kind === 'full') await this.#tell(await this.#load(task))
          else if (task.kind === 'changes') await this.#tell(await this.#follow())
          else await clock.sleep(LOOK_EVERY_MS, this.#signal)
        } catch (error) {
          if (this.#signal.aborted) return
          logger.error({ err: error }, 'sync cannot go on just now; tries again')
          await clock.sleep(LOG_PAUSE_MS * (0.5 + random.fraction()), this.#signal).catch(() => undefined)
        }
      }
    } finally {
      this.#stage.close()
    }
  }

  async #readHistory(): Promise<void> {
    const { log } = this.#options
    for (const partition of await log.partitions('ops')) {
      for await (const batch of log.read(partition, this.#positions.get(partition) ?? null, { signal: this.#signal, follow: false })) {
        for (const { first, envelope } of batch) if (first) this.#history.take(envelope)
        this.#positions.set(partition, batch.at(-1)!.position)
      }
    }
    this.#signal.throwIfAborted()
  }

  async #nextTask(): Promise<Task> {
    const { clock, random, core } = this.#options
    const history = this.#history
    const nowMs = clock.nowMs()
    const startedAt = new Date(nowMs).toISOString()
    const knownEtag = history.cursorGone ? null : history.etag
    const requests = history.pending()
    const staged = await this.#unfinished()
    if (staged) {
      const acceptDifference = requests.some(({ requestId, acceptDifference }) => requestId === staged.runId && acceptDifference)
      return { kind: 'full', ...staged, acceptDifference, knownEtag }
    }
    const [request] = requests
    if (request) return { kind: 'full', runId: request.requestId, startedAt, acceptDifference: request.acceptDifference, knownEtag }
    if (!core) return { kind: 'wait' }
    if (this.#schedule.fullLoadAtMs(history) <= nowMs) return { kind: 'full', runId: uuidV7(clock, random), startedAt, acceptDifference: false, knownEtag }
    const changesDue = history.cursor !== null && !history.cursorGone && this.#schedule.changesAtMs(this.#changesEndedAtMs) <= clock.monotonicMs()
    return changesDue ? { kind: 'changes' } : { kind: 'wait' }
  }

  /** A load that was killed on its way. What is left of one that was applied is thrown away. */
  async #unfinished(): Promise<{ runId: string; startedAt: string } | null> {
    const staged = this.#stage.progress
    if (!staged) return null
    const run = await findRun(this.#options.log, staged.runId)
    if (run === null || run === 'under-way') return { runId: staged.runId, startedAt: staged.startedAt }
    if (run.outcome === 'applied' || run.outcome === 'unchanged') this.#stage.clear()
    return null
  }

  async #load(task: Extract<Task, { kind: 'full' }>): Promise<EndedRun> {
    const { log, core, index, utility, logger, renewCache } = this.#options
    const { runId, startedAt } = task
    const failed = (reason: EndedRun['reasons'][number]): EndedRun => runOf({ runId, startedAt, kind: 'full', outcome: 'failed', reasons: [reason] })
    if (!core) return failed({ code: 'no-core-system', detail: {} })
    logger.info({ runId }, 'a full load begins')
    try {
      return await fullLoad(
        {
          log, core, index, utility, renewCache,
          stage: this.#stage,
          asker: this.#asker(LOAD_PATIENCE_MS),
          onProgress: (progress) => showLoad(progress, this.#pace.requestsPerSecond),
          onApplied: showApplied,
        },
        task,
      )
    } catch (error) {
      if (this.#signal.aborted || isOfLog(error)) throw error
      logger.error({ err: error, runId }, 'a full load failed')
      return failed(failureOf(error))
    }
  }

  async #follow(): Promise<EndedRun> {
    const { log, core, index, utility, clock, random } = this.#options
    const base = this.#history.cursor
    if (!core || base === null) throw new Error('There is no change feed to follow')
    const run = { runId: uuidV7(clock, random), startedAt: new Date(clock.nowMs()).toISOString() }
    const held = this.#feedFile.load(base)
    const feed = {
      ...held,
      etag: this.#feedEtag,
      save: () => this.#feedFile.save({ base, ...feed }),
    }
    try {
      return await followChanges({ core, log, index, utility, feed, asker: this.#asker(CHANGES_PATIENCE_MS) }, run)
    } finally {
      this.#feedEtag = feed.etag
      this.#changesEndedAtMs = clock.monotonicMs()
    }
  }

  #asker(patienceMs: number): CoreAsker {
    const { clock, random } = this.#options
    return { pace: this.#pace, clock, random, signal: this.#signal, patienceMs }
  }

  async #tell(run: EndedRun): Promise<void> {
    const { log, clock, random, logger } = this.#options
    const nowMs = clock.nowMs()
    showRun(run, nowMs, this.#pace.requestsPerSecond)
    if (this.#isOldNews(run)) return
    const { runId, kind, outcome, rows, loaded, closed, rejected, reasons } = run
    logger[outcome === 'refused' || outcome === 'failed' ? 'warn' : 'info']({ runId, kind, outcome, rows, loaded, closed, rejected, reasons }, 'a run of sync ended')
    const nextAtMs = kind === 'full' ? this.#schedule.plannedAtMs(nowMs) : this.#schedule.changesAtMs(nowMs)
    const data = { ...run, endedAt: new Date(nowMs).toISOString(), nextRunAt: Number.isFinite(nextAtMs) ? new Date(nextAtMs).toISOString() : null }
    this.#signal.throwIfAborted()
    await appendSurely(log, [{ id: syncedEventId(runId), type: 'accounts.synced.v1', key: SYNC_KEY, bodyHash: sha256(JSON.stringify(data)), data }], clock, random)
    if (kind === 'full' && (outcome === 'applied' || outcome === 'unchanged')) this.#stage.clear()
  }

  /** The feed is asked all day: that nothing changed, or that it still fails the same way, is told now and then. */
  #isOldNews({ kind, outcome, reasons }: EndedRun): boolean {
    if (kind !== 'changes') return false
    const words = `${outcome} ${reasons.map(({ code }) => code).join(' ')}`
    const nowMs = this.#options.clock.monotonicMs()
    const old = outcome !== 'applied' && words === this.#toldChanges.words && nowMs - this.#toldChanges.atMs < SAME_TOLD_EVERY_MS
    if (!old) this.#toldChanges = { words, atMs: nowMs }
    return old
  }
}

function isOfLog(error: unknown): boolean {
  return error instanceof LogUnavailableError || error instanceof IndeterminateError
}
