import type { Clock } from '../../../domain/clock.ts'
import type { Outbox } from '../outbox.ts'
import type { RememberingStore } from '../remembering-store.ts'
import type { Choices } from './choices.ts'
import type { Scheduler } from './scheduler.ts'

/** Time as a device has it. */
export interface DeviceTime {
  readonly scheduler: Scheduler
  readonly random: Choices
  /** What the phone takes for the time, ms since the epoch. */
  readonly wallMs: number
  /** Milliseconds since the beginning in which the device was not asleep. */
  readonly awakeMs: number
}

export interface PhoneOutbox extends Outbox {
  store: RememberingStore
}

/** One page or worker: its own monotonic clock, and a life that can end or stop at every await. */
export class PhoneContext {
  alive = true
  /** Nothing that it waits for comes back until it is thawed; its locks stay held. */
  frozen = false
  readonly kind: 'page' | 'worker'
  readonly number: number
  readonly name: string
  readonly outbox: PhoneOutbox
  readonly #device: DeviceTime
  readonly #startedMs: number
  #asksFromMs = 0
  #answersFromMs = 0

  constructor(device: DeviceTime, kind: 'page' | 'worker', number: number, outboxFor: (context: PhoneContext) => PhoneOutbox) {
    this.#device = device
    this.kind = kind
    this.number = number
    this.name = `${kind}-${number}`
    this.#startedMs = device.awakeMs
    this.outbox = outboxFor(this)
  }

  /** Wall clock of the device; monotonic milliseconds since this context's start, in which a sleeping device stands still. */
  readonly clock: Clock = {
    nowMs: () => this.#device.wallMs,
    monotonicMs: () => this.#device.awakeMs - this.#startedMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error)
        const cancel = this.after(durationMs, 'timer', resolve)
        signal?.addEventListener('abort', () => {
          cancel()
          reject(signal.reason as Error)
        }, { once: true })
      }),
  }

  /** Lets something happen in this context's own time. */
  after(durationMs: number, label: string, run: () => void | Promise<void>): () => void {
    const { scheduler } = this.#device
    if (!this.alive) return () => {}
    return scheduler.add({ atMs: scheduler.nowMs + durationMs, context: this.number, timer: label === 'timer', label: `${this.name} ${label}`, run })
  }

  /**
   * Asks the world for something. It happens at one moment and the answer comes at another: death may come before each.
   * What one context asks happens in its order.
   */
  ask<T>(label: string, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#asksFromMs = this.#soon(this.#asksFromMs)
      this.after(this.#asksFromMs - this.#device.scheduler.nowMs, label, () => {
        let answer: () => void
        try {
          const result = effect()
          answer = () => resolve(result)
        } catch (error) {
          answer = () => reject(error)
        }
        this.#answersFromMs = this.#soon(this.#answersFromMs)
        this.after(this.#answersFromMs - this.#device.scheduler.nowMs, `${label}: answer`, answer)
      })
    })
  }

  #soon(notBeforeMs: number): number {
    const { random, scheduler } = this.#device
    return Math.max(notBeforeMs, scheduler.nowMs + random.between(0, 6))
  }
}
