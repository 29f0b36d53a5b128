import { circuitBreaker, ConsecutiveBreaker, handleAll, timeout, TimeoutStrategy, wrap } from 'cockatiel'

/** A store behind its breaker: a dead one costs a time-out a few times, then nothing until it is tried again. */
export interface GuardedStore<C> {
  /** Unguarded: for what waits by design, such as a subscription. */
  readonly client: C
  /** Runs one read. Throws StoreUnavailableError for every failure: time-out, open breaker, lost connection. */
  use<T>(work: (client: C) => Promise<T>): Promise<T>
}

export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError'
}

const FAILURES_IN_A_ROW = 3
const TRY_AGAIN_AFTER_MS = 500

export function guardStore<C>(storeName: string, client: C, timeoutMs: number): GuardedStore<C> {
  const breaker = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW), halfOpenAfter: TRY_AGAIN_AFTER_MS })
  const policy = wrap(breaker, timeout(timeoutMs, TimeoutStrategy.Aggressive))
  return {
    client,
    use: async (work) => {
      try {
        return await policy.execute(() => work(client))
      } catch (cause) {
        throw new StoreUnavailableError(`${storeName} did not answer`, { cause })
      }
    },
  }
}
