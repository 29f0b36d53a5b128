import type { Topic } from '../../../domain/event.ts'
import type { ShareStep, ShareView } from './commit-share.ts'

export interface SavedCursor {
  consumer: string
  partition: string
  position: string
  /** Fencing token of its owner. */
  epoch?: string
}

/** To the thread: what goes into one transaction. Parallel arrays, for they are copied between threads at once. */
export interface Group {
  number: number
  topics: Topic[]
  /** 16 bytes of each record's id, one after the other. */
  ids: Uint8Array<ArrayBuffer>
  bodyHashes: string[]
  /** The stored bytes: the envelope as JSON. */
  envelopes: string[]
  /** Of the records of this group; empty when there are none. */
  newestHlc: string
  cursors: SavedCursor[]
  shares: ShareStep[]
}

export interface Existing {
  index: number
  outcome: 'repeated' | 'conflicting'
  /** The first record of the id, which counts. */
  position: number
  envelope: string
}

/** From the thread. */
export type WriterReport =
  | { kind: 'ready'; logId: string; newestHlc: string | null }
  | { kind: 'cannot-open'; reason: string }
  /**
   * `positions[i]` is that of record i when it was written, as the first or as a conflict; 0 when it was there.
   * `fenced`: indexes of the cursors that a later owner has saved meanwhile, and that were left alone.
   */
  | { kind: 'committed'; number: number; positions: number[]; existing: Existing[]; fenced: number[]; views: ShareView[] }
  /** `surely`: rolled back, nothing of it stands; otherwise that is not known. */
  | { kind: 'refused'; number: number; surely: boolean; reason: string }
  | { kind: 'closed' }

export type WriterRequest = Group | 'close'
