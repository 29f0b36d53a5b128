import { attemptSend } from './attempt-send.ts'
import { toBase64url } from './base64url.ts'
import { claimReport, isAboutTheLine, type Sender, type Wake } from './claim-report.ts'
import { noteReturn } from './note-return.ts'
import type { Outbox, SenderLocks } from './outbox.ts'
import { isLeased } from './report-record.ts'
import { pruneReceived, settleReport } from './settle-report.ts'

const LOCK_NAME = 'stormdoor-outbox'
/** A browser may let go of the locks of a dead page a moment late. */
const LOOK_AGAIN_MS = 5_000

export interface SendSummary {
  /** Reports and follow-ups received in this run. */
  received: number
  /** When something is next worth doing, ms since the epoch; null when nothing waits to be sent. */
  nextDueAtMs: number | null
}

/**
 * Sends what is due, reports and follow-ups, one after the other, unless another tab or the worker is already at it.
 * The Web Lock settles that at once; the lease in the record settles it where the lock cannot:
 * a frozen tab keeps its lock, and its lease ends. A sender also holds a lock of its own name, whether it has the common
 * one or not: who finds that free need not wait for the lease of one that died. Correctness rests on none of these, but on the id.
 * @param options.wake why: see `Wake`; `timer` when not given
 * @throws OutboxUnavailableError when the store cannot be used
 */
export async function sendDue(outbox: Outbox, options: { wake?: Wake } = {}): Promise<SendSummary> {
  const { locks, random } = outbox
  const owner = toBase64url(random.bytes(9))
  const wake = options.wake ?? 'timer'
  return withLock(locks, LOCK_NAME, (lockHeld) => withLock(locks, lockOf(owner), (ownLock) => drain(outbox, { owner, lockHeld, ownLock, wake })))
}

function lockOf(owner: string): string {
  return `${LOCK_NAME} ${owner}`
}

/** Does its work with the lock or without it, and tells it which. */
async function withLock<T>(locks: SenderLocks | null, name: string, work: (held: boolean) => Promise<T>, mode: 'exclusive' | 'shared' = 'exclusive'): Promise<T> {
  if (!locks) return work(false)
  let asked = false
  const locked = locks.request(name, { ifAvailable: true, mode }, (lock) => {
    asked = true
    return work(lock !== null)
  })
  return locked.catch((error: unknown) => {
    if (asked) throw error
    // A browser that blocks a site's data refuses its locks too.
    return work(false)
  })
}

/** Shared, so that several who look at once do not take each other for it. */
async function isFree(locks: SenderLocks | null, name: string): Promise<boolean> {
  return withLock(locks, name, (held) => Promise.resolve(held), 'shared')
}

async function drain(outbox: Outbox, { owner, lockHeld, ownLock, wake }: Pick<Sender, 'owner' | 'lockHeld' | 'ownLock' | 'wake'>): Promise<SendSummary> {
  const { store, clock, random, locks } = outbox
  const tried = new Set<string>()
  const dead = new Set<string>()
  let reachable = true
  const sender: Sender = { owner, lockHeld, ownLock, wake, maySend: (id) => reachable && !tried.has(id), isDead: (other) => dead.has(other) }
  let received = 0
  if (wake === 'return') await store.transact((contents) => noteReturn(contents, clock.nowMs(), random))
  for (;;) {
    const claim = await store.transact((contents) => claimReport(contents, clock.nowMs(), sender))
    if (claim.kind === 'busy') {
      if (claim.by !== null && (await isFree(locks, lockOf(claim.by)))) {
        dead.add(claim.by)
        continue
      }
      return { received, nextDueAtMs: Math.min(claim.freeAtMs, clock.nowMs() + LOOK_AGAIN_MS) }
    }
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
