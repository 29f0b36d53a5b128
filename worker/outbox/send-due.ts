import { attemptSend } from './attempt-send.ts'
import { toBase64url } from './base64url.ts'
import { claimReport, isAboutTheLine, type Wake } from './claim-report.ts'
import { noteReturn } from './note-return.ts'
import type { Outbox } from './outbox.ts'
import { isLeased } from './report-record.ts'
import { pruneReceived, settleReport } from './settle-report.ts'

const LOCK_NAME = 'stormdoor-outbox'

export interface SendSummary {
  /** Reports and follow-ups received in this run. */
  received: number
  /** When something is next worth doing, ms since the epoch; null when nothing waits to be sent. */
  nextDueAtMs: number | null
}

/**
 * Sends what is due, reports and follow-ups, one after the other, unless another tab or the worker is already at it.
 * The Web Lock settles that at once; the lease in the record settles it where the lock cannot:
 * a frozen tab keeps its lock, and its lease ends. Correctness rests on neither, but on the id.
 * @param options.wake why: see `Wake`; `timer` when not given
 * @throws OutboxUnavailableError when the store cannot be used
 */
export async function sendDue(outbox: Outbox, options: { wake?: Wake } = {}): Promise<SendSummary> {
  const run = (lockHeld: boolean) => drain(outbox, lockHeld, options.wake ?? 'timer')
  if (!outbox.locks) return run(false)
  let asked = false
  const locked = outbox.locks.request(LOCK_NAME, { ifAvailable: true }, (lock) => {
    asked = true
    return run(lock !== null)
  })
  return locked.catch((error: unknown) => {
    if (asked) throw error
    // A browser that blocks a site's data refuses its locks too.
    return run(false)
  })
}

async function drain(outbox: Outbox, lockHeld: boolean, wake: Wake): Promise<SendSummary> {
  const { store, clock, random } = outbox
  const owner = toBase64url(random.bytes(9))
  const tried = new Set<string>()
  let reachable = true
  const maySend = (id: string) => reachable && !tried.has(id)
  let received = 0
  if (wake === 'return') await store.transact((contents) => noteReturn(contents, clock.nowMs(), random))
  for (;;) {
    const claim = await store.transact((contents) => claimReport(contents, clock.nowMs(), { owner, lockHeld, wake, maySend }))
    if (claim.kind === 'busy') return { received, nextDueAtMs: claim.freeAtMs }
    if (claim.kind === 'idle') {
      await store.transact((contents) => pruneReceived(contents, clock.nowMs()))
      return { received, nextDueAtMs: claim.nextDueAtMs }
    }
    const { record, slot } = claim
    // The tab may have been frozen between the claim and this: another sender may be at work by now.
    if (!isLeased(record, clock.nowMs())) continue
    tried.add(record.id)
    outbox.announce()
    const outcome = await attemptSend(outbox, record, slot)
    await store.transact((contents) => settleReport(contents, record.id, owner, outcome, clock.nowMs(), random))
    outbox.announce()
    if (outcome.kind === 'received') received += 1
    if (outcome.kind === 'keep' && isAboutTheLine(outcome.reason)) reachable = false
  }
}
