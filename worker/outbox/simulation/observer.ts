import type { Draft, FollowUpRecord, ReportRecord } from '../report-record.ts'
import type { PhoneContext } from './phone-context.ts'
import type { Request, WireAnswer } from './simulated-door.ts'

export type AnyRecord = ReportRecord | FollowUpRecord

/** A request on its way, as an observer follows it. */
export interface Sent {
  /** It is at the door, for the first time or again. */
  arrived(): void
  answered(answer: WireAnswer): void
  ended(): void
}

/** Told by disk and network of everything that they do. */
export interface Observer {
  /** @param before the changed records as they were */
  committed(context: PhoneContext, before: ReadonlyMap<string, AnyRecord | undefined>): void
  /** The disk failed, or was cleared: what pages know is for a while not what stands. */
  troubled(): void
  /** A transaction has seen this draft. */
  draftPassed(draft: Draft): void
  /** A send begins. */
  sending(context: PhoneContext, request: Request): Sent
}
