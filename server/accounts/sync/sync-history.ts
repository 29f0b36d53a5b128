import type { AccountsSynced, SyncRequested } from '../../../domain/operations.ts'
import type { EventEnvelope } from '../../../domain/event.ts'
import { accountsSyncedSchema, syncRequestedSchema } from '../../../domain/operations.ts'

type EndedFull = Pick<AccountsSynced, 'startedAt' | 'endedAt' | 'outcome'>

/** What the log says of sync: enough for another process to go on where one stopped. Folded from topic `ops`, in its order. */
export class SyncHistory {
  readonly #requests = new Map<string, SyncRequested>()
  readonly #endedRequests = new Set<string>()
  #cursor: string | null = null
  #etag: string | null = null
  #lastFull: EndedFull | null = null
  #lastApplied: EndedFull | null = null
  #failedInARow = 0
  #cursorGone = false

  /** Where the change feed goes on; null before the first full load. */
  get cursor(): string | null {
    return this.#cursor
  }

  /** The feed can only go on after a full load. */
  get cursorGone(): boolean {
    return this.#cursorGone
  }

  /** Of the snapshot that was applied last. */
  get etag(): string | null {
    return this.#etag
  }

  /** The last full load, however it ended. */
  get lastFull(): EndedFull | null {
    return this.#lastFull
  }

  /** Whether all accounts were ever loaded. */
  get everApplied(): boolean {
    return this.#lastApplied !== null
  }

  /** Full loads that failed since one did not. */
  get failedInARow(): number {
    return this.#failedInARow
  }

  /** Requests that were not carried out yet, the oldest first. */
  pending(): SyncRequested[] {
    return [...this.#requests.values()]
  }

  take({ type, data }: Pick<EventEnvelope, 'type' | 'data'>): void {
    if (type === 'sync.requested.v1') {
      const request = syncRequestedSchema.safeParse(data)
      // A log may hold an id twice, the second one after its run.
      if (request.success && !this.#endedRequests.has(request.data.requestId)) this.#requests.set(request.data.requestId, request.data)
    } else if (type === 'accounts.synced.v1') {
      const run = accountsSyncedSchema.safeParse(data)
      if (run.success) this.#takeRun(run.data)
    }
  }

  #takeRun(run: AccountsSynced): void {
    if (this.#requests.delete(run.runId)) this.#endedRequests.add(run.runId)
    if (run.cursor !== null) this.#cursor = run.cursor
    if (run.kind === 'changes') this.#cursorGone = run.reasons.some(({ code }) => code === 'cursor-gone')
    if (run.kind !== 'full') return
    this.#lastFull = run
    this.#failedInARow = run.outcome === 'failed' ? this.#failedInARow + 1 : 0
    if (run.outcome !== 'applied') return
    this.#lastApplied = run
    this.#etag = run.etag ?? null
    this.#cursorGone = false
  }
}
