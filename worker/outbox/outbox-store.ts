import type { Line } from './line.ts'
import type { Draft, FollowUpRecord, Owner, ReportRecord } from './report-record.ts'

/** Everything that a transaction may look at. */
export interface Contents {
  readonly reports: readonly ReportRecord[]
  readonly followUps: readonly FollowUpRecord[]
  readonly line: Line
}

/** What one transaction changes, and what it answers. */
export interface Change<T> {
  put?: ReportRecord[]
  putFollowUps?: FollowUpRecord[]
  /** Ids of reports. */
  remove?: string[]
  /** Ids of follow-ups. */
  removeFollowUps?: string[]
  line?: Line
  /** The draft with this id goes in the same transaction, whosever it is. */
  dropDraft?: string
  /** No promise to a person rests on it: with a full or broken disk it may hold in memory alone. */
  mayBeLost?: true
  result: T
}

/** Where reports are kept: IndexedDB, or memory when the browser refuses it. */
export interface OutboxStore {
  /** False: nothing survives the page, and the page says so. */
  readonly durable: boolean
  /**
   * One atomic read-modify-write over everything, over all tabs and the worker.
   * Resolves only after the change is durable. `change` must be synchronous.
   * @throws OutboxUnavailableError when the browser cannot keep it: then nothing was changed
   */
  transact: <T>(change: (contents: Contents) => Change<T>) => Promise<T>
  listReports: () => Promise<ReportRecord[]>
  listFollowUps: () => Promise<FollowUpRecord[]>
  /** The one draft of this owner; of nobody when none is given. */
  readDraft: (owner?: Owner) => Promise<Draft | undefined>
  /** Keeps what is typed, in its owner's place alone; does nothing when a report of this id is saved already. */
  writeDraft: (draft: Draft) => Promise<void>
  /** Small things beside the reports: public keys, the language, who is signed in, what was read last. */
  readNote: (name: NoteName) => Promise<unknown>
  /** `undefined` forgets it. */
  writeNote: (name: NoteName, value: unknown) => Promise<void>
}

/** `line` and those that begin with `follow-up:` are taken: a disk may keep there what only transactions write. */
type NoteName = 'receipt-keys' | 'locale' | 'read-cache' | 'known-customer' | 'addition-drafts' | 'install-declined'

/**
 * `full`: the browser has no room left. `refused`: it does not let this site keep anything (private mode, blocked).
 * `broken`: its storage does not work, now or for good.
 */
export type UnavailableReason = 'full' | 'refused' | 'broken'

/** The browser cannot keep data. Nothing was saved. */
export class OutboxUnavailableError extends Error {
  override name = 'OutboxUnavailableError'
  readonly reason: UnavailableReason

  constructor(reason: UnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
