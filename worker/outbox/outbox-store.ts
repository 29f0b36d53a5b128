import type { Draft, ReportRecord } from './report-record.ts'

/** What one transaction changes, and what it answers. */
export interface Change<T> {
  put?: ReportRecord[]
  remove?: string[]
  /** The draft goes in the same transaction when it has this id. */
  dropDraft?: string
  result: T
}

/** Where reports are kept: IndexedDB, or memory when the browser refuses it. */
export interface OutboxStore {
  /** False: nothing survives the page, and the page says so. */
  readonly durable: boolean
  /**
   * One atomic read-modify-write over all reports, over all tabs and the worker.
   * Resolves only after the change is durable. `change` must be synchronous.
   * @throws OutboxUnavailableError when the browser cannot keep it
   */
  transact: <T>(change: (reports: readonly ReportRecord[]) => Change<T>) => Promise<T>
  listReports: () => Promise<ReportRecord[]>
  readDraft: () => Promise<Draft | undefined>
  /** Keeps what is typed; does nothing when a report of this id is saved already. */
  writeDraft: (draft: Draft) => Promise<void>
  /** Small things beside the reports: public keys, the language, what was read last. */
  readNote: (name: NoteName) => Promise<unknown>
  /** `undefined` forgets it. */
  writeNote: (name: NoteName, value: unknown) => Promise<void>
}

type NoteName = 'receipt-keys' | 'locale' | 'read-cache'

/** The browser cannot keep data: private mode, blocked, full or broken. Nothing was saved. */
export class OutboxUnavailableError extends Error {
  override name = 'OutboxUnavailableError'
}
