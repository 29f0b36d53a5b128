import { Workbox } from 'workbox-window'
import type { Wake } from '../../../../worker/outbox/claim-report.ts'
import { type SendMessage, SEND_MESSAGE, SYNC_TAG } from '../../../../worker/outbox/browser-outbox.ts'

/** Background Sync: only Chromium has it, and TypeScript's DOM library does not. */
interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> }
}

/** Starts the worker that keeps the page and sends after it; a browser without one still sends from the page. */
export async function startWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  await new Workbox('/sw.js', { scope: '/', updateViaCache: 'none' }).register({ immediate: true }).catch(() => {})
}

/** Asks the worker to send, now and, where the browser can, after this page is gone. */
export async function askWorker(wake: Wake): Promise<void> {
  const registration = await registered()
  registration?.active?.postMessage({ type: SEND_MESSAGE, wake } satisfies SendMessage)
  await registration?.sync?.register(SYNC_TAG).catch(() => {})
}

/** Whether the browser sends after the page is closed. */
export async function sendsWhenClosed(): Promise<boolean> {
  const registration = await registered()
  return registration?.active != null && registration.sync !== undefined
}

async function registered(): Promise<SyncRegistration | undefined> {
  return 'serviceWorker' in navigator ? navigator.serviceWorker.getRegistration() : undefined
}
