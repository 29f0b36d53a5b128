import type { Clock, Random } from '../../domain/clock.ts'
import type { Answer } from './classify-answer.ts'
import type { OutboxStore } from './outbox-store.ts'

/** How the outbox reaches the door. Both reject when no answer came, and when the answer was cut off. */
export interface Transport {
  /** @param path from the site's root, such as `/api/v1/outage-reports` */
  post: (path: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string>, signal: AbortSignal) => Promise<Answer>
  /** What the door answers for its published keys. */
  fetchKeys: (signal: AbortSignal) => Promise<Answer>
}

/** The part of the Web Locks API that is used. */
export interface SenderLocks {
  request<T>(name: string, options: { ifAvailable: true; mode?: 'exclusive' | 'shared' }, work: (lock: unknown) => Promise<T>): Promise<T>
}

/** All that the outbox touches, as parameters: a page, a worker, a test and a simulation each bring their own. */
export interface Outbox {
  store: OutboxStore
  clock: Clock
  random: Random
  transport: Transport
  /** Null where the browser has none: then the lease alone keeps senders apart. */
  locks: SenderLocks | null
  /** Names this page or worker start: monotonic times compare only within one. */
  contextId: string
  /** Tells every page that something changed. */
  announce(): void
}
