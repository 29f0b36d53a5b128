import { attemptSend } from './attempt-send.ts'
import { toBase64url } from './base64url.ts'
import { claimReport } from './claim-report.ts'
import type { Outbox } from './outbox.ts'
import { pruneReceived, settleReport } from './settle-report.ts'

const LOCK_NAME = 'stormdoor-outbox'

export interface SendSummary {
  /** Reports received in this run. */
  received: number
  /** When something is next worth doing, ms since the epoch; null when nothing waits to be sent. */
  nextDueAtMs: number | null
}

/**
 * Sends what is due, one report after the other, unless another tab or the worker is already at it.
 * The Web Lock settles that at once; the lease in the record settles it where the lock cannot:
 * a frozen tab keeps its lock, and its lease ends. Correctness rests on neither, but on the id.
 * @param options.force tries now what waits for this phone's own back-off
 * @throws OutboxUnavailableError when the store cannot be used
 */
export async function sendDue(outbox: Outbox, options: { force?: boolean } = {}): Promise<SendSummary> {
  const run = (lockHeld: boolean) => drain(outbox, lockHeld, options.force ?? false)
  if (!outbox.locks) return run(false)
  return outbox.locks.request(LOCK_NAME, { ifAvailable: true }, (lock) => run(lock !== null))
}

async function drain(outbox: Outbox, lockHeld: boolean, force: boolean): Promise<SendSummary> {
  const { store, clock, random } = outbox
  const owner = toBase64url(random.bytes(9))
  const tried = new Set<string>()
  let reachable = true
  const maySend = (id: string) => reachable && !tried.has(id)
  let received = 0
  for (;;) {
    const claim = await store.transact((reports) => claimReport(reports, clock.nowMs(), { owner, lockHeld, force, maySend }))
    if (claim.kind === 'busy') return { received, nextDueAtMs: claim.freeAtMs }
    if (claim.kind === 'idle') {
      await store.transact((reports) => pruneReceived(reports, clock.nowMs()))
      return { received, nextDueAtMs: claim.nextDueAtMs }
    }
    const { record } = claim
    tried.add(record.id)
    outbox.announce()
    const outcome = await attemptSend(outbox, record)
    await store.transact((reports) => settleReport(reports, record.id, owner, outcome, clock.nowMs(), random))
    outbox.announce()
    if (outcome.kind === 'received') received += 1
    if (outcome.kind === 'keep') reachable = outcome.reason !== 'unreachable' && outcome.reason !== 'timed-out'
  }
}
