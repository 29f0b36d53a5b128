import { remainingMs } from '../platform/deadline.ts'
import { guardStore, StoreUnavailableError } from '../platform/guarded-store.ts'
import { CoreAnswerError, CoreUnavailableError } from './core-errors.ts'
import type { CoreCall, CoreSystem } from './core-system.ts'

/** The adapter has time-outs of its own, by what is asked; this one is for a call that would never end. */
const LONGEST_CALL_MS = 120_000
const AT_ONCE = 64
const WAITING = 256
const WATCH_EVERY_MS = 15_000
const PROBE_WITHIN_MS = 5_000

/**
 * The core system behind a breaker, made once per process: while it does not answer, every call fails at once as a
 * CoreUnavailableError (kind `not-asked`) that says when to come again, and one probe at a time finds out when it is back.
 * What it refuses for good, or for being asked too much, is an answer: neither opens the breaker.
 */
export function guardCoreSystem(core: CoreSystem): CoreSystem {
  const guard = guardStore('core-system', core, {
    timeoutMs: LONGEST_CALL_MS,
    atOnce: AT_ONCE,
    waiting: WAITING,
    watchEveryMs: WATCH_EVERY_MS,
    probe: (asked, signal) => asked.reach({ signal, deadlineMs: PROBE_WITHIN_MS }),
    faultOf: coreFaultOf,
    retryAfterMsOf: (error) => (error instanceof CoreUnavailableError ? error.retryAfterMs : undefined),
  })
  const guarded = async <T>(call: CoreCall, work: (call: CoreCall) => Promise<T>): Promise<T> => {
    const { deadlineMs = Number.POSITIVE_INFINITY } = call
    const leftMs = Math.min(deadlineMs, remainingMs())
    try {
      return await guard.use((_core, signal) =>
        work({ signal: AbortSignal.any([call.signal, signal]), ...(Number.isFinite(leftMs) ? { deadlineMs: leftMs } : {}) }))
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      if (error.cause !== undefined && error.reason === undefined) throw error.cause
      throw new CoreUnavailableError(error.message, { kind: 'not-asked', retryAfterMs: guard.nextProbeInMs(), cause: error })
    }
  }
  return {
    singleAccountsAreCheap: core.singleAccountsAreCheap,
    snapshot: (known, call) => guarded(call, (within) => core.snapshot(known, within)),
    snapshotPage: (snapshotId, after, limit, call) => guarded(call, (within) => core.snapshotPage(snapshotId, after, limit, within)),
    accountChanges: (since, limit, known, call) => guarded(call, (within) => core.accountChanges(since, limit, known, within)),
    account: (accountNumber, call) => guarded(call, (within) => core.account(accountNumber, within)),
    deliverReport: (delivery, call) => guarded(call, (within) => core.deliverReport(delivery, within)),
    deliverPayment: (payment, call) => guarded(call, (within) => core.deliverPayment(payment, within)),
    reach: (call) => guarded(call, (within) => core.reach(within)),
    close: async () => {
      guard.close()
      await core.close()
    },
  }
}

function coreFaultOf(error: unknown): string | null {
  if (error instanceof CoreAnswerError) return 'wrong-answer'
  if (error instanceof CoreUnavailableError && !error.throttled) return error.kind
  return null
}
