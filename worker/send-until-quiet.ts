import type { Outbox } from './outbox/outbox.ts'
import { sendDue } from './outbox/send-due.ts'

/** Chromium ends a sync event after three minutes; a send without an answer and a look-up of keys still fit in. */
const PATIENCE_MS = 150_000
const SHORTEST_WAIT_MS = 500

/**
 * Sends what waits after the network came back, and waits out short back-offs, spread, slots and other senders.
 * @throws when something would wait for longer than the browser gives: it then calls again later
 */
export async function sendUntilQuiet(outbox: Outbox): Promise<void> {
  const { clock } = outbox
  const endMs = clock.monotonicMs() + PATIENCE_MS
  let { nextDueAtMs } = await sendDue(outbox, { wake: 'return' })
  while (nextDueAtMs !== null) {
    const waitMs = Math.max(SHORTEST_WAIT_MS, nextDueAtMs - clock.nowMs())
    if (clock.monotonicMs() + waitMs > endMs) throw new Error('Reports still wait to be sent')
    await clock.sleep(waitMs)
    nextDueAtMs = (await sendDue(outbox)).nextDueAtMs
  }
}
