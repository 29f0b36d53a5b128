import type { CoreChange, Snapshot } from './core-answers.ts'
import type { CorePayment } from './core-delivery.ts'

/** Of one call. */
export interface CoreCall {
  /** Gives the call up: it rejects with the signal's reason. */
  signal: AbortSignal
  /** Milliseconds from now that the caller has for the whole call, a retry within it included. Without it: the adapter's own time-out. */
  deadlineMs?: number
}

/** What was told before, so that nothing is told again while it stays the same. */
export interface KnownAnswer {
  etag: string
}

/** A report, or what was said of it later, to hand over. The same id with the same bytes may be handed over again and again. */
export interface CoreDelivery {
  /** UUID: the report's own, or the follow-up's. */
  id: string
  reportId: string
  kind: 'report' | 'follow-up'
  /** JSON: CoreReport or CoreFollowUp. */
  body: Uint8Array
}

/** The core system has it. */
export interface CoreReceipt {
  /** What the core system calls it. */
  reference: string
  /** It was there before, with the same bytes. */
  repeated: boolean
}

/**
 * The utility's core system (CIS/OMS). Rows of accounts are handed on as they came: parseCoreAccount judges each.
 * Every verb throws CoreUnavailableError, CoreRefusedError, CoreGoneError, CoreAnswerError, or the call's abort reason.
 */
export interface CoreSystem {
  /** False where `account` reads through all accounts for each one: nothing to do beside the door. */
  readonly singleAccountsAreCheap: boolean
  /** The newest state of all accounts that can be fetched; 'unchanged' when `known` is still it. */
  snapshot(known: KnownAnswer | null, call: CoreCall): Promise<Snapshot | 'unchanged'>
  /** Rows of a snapshot in its own order. Any page can be fetched again. CoreGoneError: begin anew with another snapshot. */
  snapshotPage(snapshotId: string, after: string | null, limit: number, call: CoreCall): Promise<{ rows: unknown[]; next: string | null }>
  /** What changed after `since`, oldest first. CoreGoneError: the cursor is too old, a full load is needed. */
  accountChanges(since: string, limit: number, known: KnownAnswer | null, call: CoreCall): Promise<CoreChanges | 'unchanged'>
  /** One account as it is now; null when there is none of that number. */
  account(accountNumber: string, call: CoreCall): Promise<unknown>
  /** Resolves when it is there durably. CoreRefusedError with status 409: it is there with other bytes. */
  deliverReport(delivery: CoreDelivery, call: CoreCall): Promise<CoreReceipt>
  deliverPayment(payment: CorePayment, call: CoreCall): Promise<CoreReceipt>
  /** The smallest question there is: resolves when it answers, and changes nothing. */
  reach(call: CoreCall): Promise<void>
  /** Ends connections and calls under way. */
  close(): Promise<void>
}

export interface CoreChanges {
  changes: CoreChange[]
  /** The cursor after them. */
  next: string
  /** More can be fetched at once. */
  more: boolean
  etag: string
}
