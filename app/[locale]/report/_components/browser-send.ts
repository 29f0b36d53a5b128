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

/** Whether the browser took the last wish for Background Sync: a refused permission is heard nowhere else. */
let wishTaken: Promise<boolean> = Promise.resolve(true)

/** Asks the worker to send, now and, where the browser can, after this page is gone. */
export async function askWorker(wake: Wake): Promise<void> {
  wishTaken = wakeWorker(wake)
  await wishTaken
}

/** Whether the browser sends after the page is closed: it can, may, and has not refused this page's last wish for it. */
export async function sendsWhenClosed(): Promise<boolean> {
  const registration = await registered()
  if (registration?.active == null || registration.sync === undefined) return false
  return (await permitted()) && (await wishTaken)
}

async function wakeWorker(wake: Wake): Promise<boolean> {
  const registration = await registered()
  registration?.active?.postMessage({ type: SEND_MESSAGE, wake } satisfies SendMessage)
  if (!registration?.sync) return false
  return registration.sync.register(SYNC_TAG).then(
    () => true,
    () => false,
  )
}

/** Browsers without this question, or that do not know the permission, show by `register` what they allow. */
async function permitted(): Promise<boolean> {
  if (!('permissions' in navigator)) return true
  // The DOM library does not know the name; a browser that does not know it either rejects.
  const status = await navigator.permissions.query({ name: 'background-sync' as PermissionName }).catch(() => null)
  return status?.state !== 'denied'
}

async function registered(): Promise<SyncRegistration | undefined> {
  return 'serviceWorker' in navigator ? navigator.serviceWorker.getRegistration() : undefined
}
