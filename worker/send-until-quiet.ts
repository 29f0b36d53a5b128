import type { Outbox } from './outbox/outbox.ts'
import { sendDue } from './outbox/send-due.ts'

/** Well within the time that a browser gives to one event. */
const PATIENCE_MS = 60_000
const SHORTEST_WAIT_MS = 500

/**
 * Sends what waits, and waits out short back-offs and other senders.
 * @throws when something still waits after a minute: the browser then calls again later
 */
export async function sendUntilQuiet(outbox: Outbox): Promise<void> {
  const { clock } = outbox
  const endMs = clock.monotonicMs() + PATIENCE_MS
  let { nextDueAtMs } = await sendDue(outbox, { force: true })
  while (nextDueAtMs !== null) {
    const waitMs = Math.max(SHORTEST_WAIT_MS, nextDueAtMs - clock.nowMs())
    if (clock.monotonicMs() + waitMs > endMs) throw new Error('Reports still wait to be sent')
    await clock.sleep(waitMs)
    nextDueAtMs = (await sendDue(outbox)).nextDueAtMs
  }
}
