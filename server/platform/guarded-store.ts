import { bulkhead, circuitBreaker, CircuitState, ConsecutiveBreaker, CountBreaker, handleWhen, type IBreaker, isBulkheadRejectedError } from 'cockatiel'
import type { Dependency } from '../../domain/operations.ts'
import { remainingMs } from './deadline.ts'
import { trackDependency } from './dependency-states.ts'
import { StormdoorError } from './errors.ts'
import { faultKindOf, StoreTimeoutError } from './fault-kind.ts'
import { counter, histogram } from './metrics.ts'
import { probesUntilItAnswers } from './probe-pace.ts'
import type { RetryBudget } from './retry-budget.ts'

/** A store behind its breaker: a dead one costs a time-out a few times, then nothing until it answers a probe. */
export interface GuardedStore<C> {
  /** Unguarded: for what waits by design, such as a subscription. */
  readonly client: C
  /**
   * Runs one read. Throws what the work throws on purpose (StormdoorError) as it is, and StoreUnavailableError for every other
   * failure: time-out, open breaker, too many at once, lost connection.
   * @param work should let go of what it does when the signal aborts: nobody waits for it any more
   */
  use<T>(work: (client: C, signal: AbortSignal) => Promise<T>): Promise<T>
}

export interface StoreGuard<C> extends GuardedStore<C> {
  /** Milliseconds until it is probed next; 0 while it is asked. */
  nextProbeInMs(): number
  /** Ends its probes. */
  close(): void
}

/** `open`: not asked at all; `full`: too many at once; `deadline`: whoever asked is not waiting any more. None of them is a failure of the store. */
export type RejectReason = 'open' | 'full' | 'deadline'

export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError'
  /** Set when the store was not asked. */
  readonly reason: RejectReason | undefined
  constructor(message: string, options: { cause?: unknown; reason?: RejectReason } = {}) {
    super(message, options)
    this.reason = options.reason
  }
}

export interface GuardOptions<C> {
  /** For one call, its wait for a place included; less when whoever asks has less left. */
  timeoutMs: number
  /** Calls under way at the most: a slow store must not tie up everything. */
  atOnce: number
  /** Calls that may wait for a place; what is over it fails at once. */
  waiting: number
  /** One small question, asked while the breaker is open: no caller ever pays for finding out. */
  probe: (client: C, signal: AbortSignal) => Promise<unknown>
  /** Nobody has asked for so long: the probe does, so that a store that died unasked is known to be dead. */
  watchEveryMs?: number
  /** The kind of a failure of the store, null for one of the caller. Default: faultKindOf. */
  faultOf?: (error: unknown) => string | null
  /** How long the store asked to be left alone. */
  retryAfterMsOf?: (error: unknown) => number | undefined
  /** Given: a call whose connection broke is made once more, for all work is reads. */
  retries?: RetryBudget
}

const FAILURES_IN_A_ROW = 3
/** One that answers every second call is no better than a dead one. */
const FAILING_SHARE = { threshold: 0.5, size: 40, minimumNumberOfCalls: 20 }

const opened = counter('stormdoor_dependency_opened_total', 'How often a breaker opened', ['dependency'])
const rejected = counter('stormdoor_dependency_rejected_total', 'Calls that were not made', ['dependency', 'reason'])
const seconds = histogram('stormdoor_dependency_seconds', 'Of a call that was made', ['dependency', 'outcome'])

export function guardStore<C>(dependency: Dependency, client: C, options: GuardOptions<C>): StoreGuard<C> {
  const { timeoutMs, atOnce, waiting, probe, watchEveryMs, faultOf = faultKindOf, retryAfterMsOf, retries } = options
  const kindOf = (error: unknown) => (error instanceof CutShortError ? null : faultOf(error))
  // Always due: when it is tried again is for the probes, which go by a clock that nobody sets.
  const breaker = circuitBreaker(handleWhen((error) => kindOf(error) !== null), { breaker: inARowOrByShare(), halfOpenAfter: 0 })
  const places = bulkhead(atOnce, waiting)
  const tracked = trackDependency(dependency)
  const probeOnce = () => breaker.execute(() => within(timeoutMs, timeoutMs, (signal) => probe(client, signal)))
  const probes = probesUntilItAnswers(probeOnce)
  const [answeredSeconds, failedSeconds] = [seconds.labels(dependency, 'answered'), seconds.labels(dependency, 'failed')]
  let probing = false
  let answeredAtMs = performance.now()
  const watch = async () => {
    if (breaker.state !== CircuitState.Closed || performance.now() - answeredAtMs < watchEveryMs!) return
    for (let failed = 0; failed < FAILURES_IN_A_ROW && breaker.state === CircuitState.Closed; failed++) {
      const answered = await probeOnce().then(() => true, () => false)
      if (answered) return
    }
  }
  const watching = watchEveryMs ? setInterval(() => void watch(), watchEveryMs).unref() : undefined

  breaker.onBreak((why) => {
    const error = 'error' in why ? why.error : null
    if (!probing) opened.inc({ dependency })
    probing = false
    tracked.changed('open', kindOf(error))
    probes.later(retryAfterMsOf?.(error))
  })
  breaker.onHalfOpen(() => {
    probing = true
    tracked.changed('half-open', null)
  })
  breaker.onReset(() => {
    probing = false
    tracked.changed('closed', null)
    probes.answered()
  })

  const reject = (reason: RejectReason): never => {
    rejected.inc({ dependency, reason })
    throw new StoreUnavailableError(`${dependency} was not asked: ${reason}`, { reason })
  }
  const once = async <T>(allowedMs: number, work: (client: C, signal: AbortSignal) => Promise<T>): Promise<T> => {
    const beganMs = performance.now()
    let outcome = failedSeconds
    try {
      const answer = await breaker.execute(() => within(allowedMs, timeoutMs, (signal) => work(client, signal)))
      outcome = answeredSeconds
      answeredAtMs = performance.now()
      return answer
    } finally {
      outcome.observe((performance.now() - beganMs) / 1000)
    }
  }

  return {
    client,
    nextProbeInMs: () => probes.dueInMs(),
    close: () => {
      clearInterval(watching)
      probes.stop()
      tracked.release()
    },
    use: async (work) => {
      const allowedMs = Math.min(timeoutMs, remainingMs())
      const untilMs = performance.now() + allowedMs
      if (allowedMs <= 0) return reject('deadline')
      // Half-open, too: it belongs to the probe alone.
      if (breaker.state !== CircuitState.Closed) return reject('open')
      retries?.called()
      try {
        return await places.execute(async () => {
          // Looked at again: while this waited for its place the store may have died.
          if (breaker.state !== CircuitState.Closed) return reject('open')
          const leftMs = untilMs - performance.now()
          if (leftMs <= 0) return reject('full')
          try {
            return await once(leftMs, work)
          } catch (error) {
            const again = kindOf(error) === 'connection-lost' && breaker.state === CircuitState.Closed && untilMs > performance.now() && retries?.mayRetry()
            if (!again) throw error
            return await once(untilMs - performance.now(), work)
          }
        })
      } catch (cause) {
        if (cause instanceof StoreUnavailableError || cause instanceof StormdoorError) throw cause
        if (isBulkheadRejectedError(cause)) return reject('full')
        throw new StoreUnavailableError(`${dependency} did not answer`, { cause })
      }
    },
  }
}

/** Whoever asked had too little time left: this says nothing about the store. */
class CutShortError extends Error {
  override name = 'CutShortError'
}

async function within<T>(allowedMs: number, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let last: NodeJS.Immediate | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    const giveUp = () => {
      const error = allowedMs * 2 < timeoutMs ? new CutShortError('Cut short by a deadline') : new StoreTimeoutError(`No answer within ${Math.round(allowedMs)} ms`)
      reject(error)
      controller.abort(error)
    }
    // After a stall of this process the answer may be here already, unread: it is read before the last word.
    timer = setTimeout(() => (last = setImmediate(giveUp)), allowedMs)
  })
  try {
    return await Promise.race([work(controller.signal), tooLate])
  } finally {
    clearTimeout(timer)
    clearImmediate(last)
  }
}

/** The two rules of the library at once. */
function inARowOrByShare(): IBreaker {
  const rules = [new ConsecutiveBreaker(FAILURES_IN_A_ROW), new CountBreaker(FAILING_SHARE)]
  return {
    state: null,
    success: (state) => {
      for (const rule of rules) rule.success(state)
    },
    failure: (state) => rules.map((rule) => rule.failure(state)).includes(true),
  }
}
