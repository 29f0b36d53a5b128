import type { Clock } from '../../domain/clock.ts'
import { CoreUnavailableError } from './core-errors.ts'
import type { CoreCall } from './core-system.ts'

/** One signal of everything that ends a call: the caller, the deadline, the adapter's close. Its reason is what the call rejects with. */
export class CallLimit {
  readonly signal: AbortSignal
  readonly #controller = new AbortController()
  readonly #ended = new AbortController()

  /** @param timeoutMs at the most, however much the caller has left */
  constructor(call: CoreCall, timeoutMs: number, closing: AbortSignal, clock: Clock) {
    this.signal = this.#controller.signal
    const leftMs = Math.max(0, Math.min(timeoutMs, call.deadlineMs ?? Number.POSITIVE_INFINITY))
    this.#follow(call.signal)
    this.#follow(closing)
    if (this.signal.aborted) return
    const timeOut = () => this.#controller.abort(new CoreUnavailableError(`The core system did not answer within ${Math.round(leftMs)} ms`, { kind: 'time-out' }))
    if (leftMs === 0) timeOut()
    else clock.sleep(leftMs, this.#ended.signal).then(timeOut, () => undefined)
  }

  /** The work's outcome, or the signal's reason when that comes first: work that does not listen goes on without anybody. */
  async within<T>(work: Promise<T>): Promise<T> {
    const { promise: over, reject } = Promise.withResolvers<never>()
    const abort = () => reject(this.signal.reason as Error)
    if (this.signal.aborted) abort()
    else this.signal.addEventListener('abort', abort, { once: true })
    try {
      return await Promise.race([work, over])
    } finally {
      this.signal.removeEventListener('abort', abort)
    }
  }

  /** Lets go of timer and signals. */
  end(): void {
    this.#ended.abort()
  }

  #follow(signal: AbortSignal): void {
    const abort = () => this.#controller.abort(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true, signal: this.#ended.signal })
  }
}
