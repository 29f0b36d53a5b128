import { startCaching } from './caching.ts'
import { refreshKeys } from './outbox/attempt-send.ts'
import { openBrowserOutbox, SEND_MESSAGE, type SendMessage, SYNC_TAG } from './outbox/browser-outbox.ts'
import type { Wake } from './outbox/claim-report.ts'
import { sendDue } from './outbox/send-due.ts'
import { sendUntilQuiet } from './send-until-quiet.ts'
import { worker } from './service-worker-scope.ts'

const outbox = openBrowserOutbox()
/** A failed try is no error here: the report waits in the store for the next sign of a network. */
const trySending = (wake: Wake) => sendDue(outbox, { wake }).catch(() => null)

startCaching(outbox.store)

worker.addEventListener('install', (event) => {
  event.waitUntil(refreshKeys(outbox))
  // Even a fetch that nobody answers waits for this worker to say so: a page must reach the door while the worker hangs.
  void event.addRoutes?.([{ condition: { requestMethod: 'POST' }, source: 'network' }])
  // A new worker takes over at once. One that waits could wait for weeks, for a tab that is never closed, and the old
  // one would go on speaking for it. Nothing is stranded: the queue is in the store and not in a worker, both versions
  // read it, an attempt cut off by the change is a lease that ends, and a page needs no file beyond those it has loaded.
  void worker.skipWaiting()
})

worker.addEventListener('activate', (event) => event.waitUntil(trySending('return')))

worker.addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.waitUntil(trySending('return'))
})

worker.addEventListener('message', (event) => {
  const message = event.data as Partial<SendMessage> | null
  if (message?.type === SEND_MESSAGE) event.waitUntil(trySending(message.wake ?? 'tap'))
})

worker.addEventListener('sync', (event) => {
  if (event.tag !== SYNC_TAG) return
  event.waitUntil(
    sendUntilQuiet(outbox).catch(async (error: unknown) => {
      // A browser gives up after its last chance; asked anew, it tries again at the next connection.
      if (event.lastChance) await worker.registration.sync?.register(SYNC_TAG)
      throw error
    }),
  )
})
