import { systemClock, systemRandom } from '../../domain/clock.ts'
import { toBase64url } from './base64url.ts'
import { httpTransport } from './http-transport.ts'
import { openIndexedStore } from './indexed-store.ts'
import type { Wake } from './claim-report.ts'
import type { Outbox } from './outbox.ts'
import { type RememberingStore, rememberingStore } from './remembering-store.ts'

/** Every change of the outbox is announced here, to all tabs and the worker. */
export const OUTBOX_CHANNEL = 'stormdoor-outbox'

/** Tag of the Background Sync registration and `type` of the message that asks the worker to send. */
export const SYNC_TAG = 'outbox'
export const SEND_MESSAGE = 'send'

/** Asks the worker to send. A page of release 0.2 says no `wake`: it means a tap. */
export interface SendMessage {
  type: typeof SEND_MESSAGE
  wake?: Wake
}

/** The outbox with a store that a failing disk does not empty. */
export interface BrowserOutbox extends Outbox {
  store: RememberingStore
}

/** The outbox of this page or worker, on the real clock, disk and network. */
export function openBrowserOutbox(): BrowserOutbox {
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(OUTBOX_CHANNEL) : null
  return {
    store: rememberingStore(openIndexedStore),
    clock: systemClock,
    random: systemRandom,
    transport: httpTransport,
    locks: (navigator as { locks?: LockManager }).locks ?? null,
    contextId: toBase64url(systemRandom.bytes(9)),
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel is same-origin by itself
    announce: () => channel?.postMessage(null),
  }
}
