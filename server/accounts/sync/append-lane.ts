import type { Clock, Random } from '../../../domain/clock.ts'
import type { NewEvent } from '../../../domain/event.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { appendSurely } from '../import/load-accounts.ts'

/** Few enough for a report that comes meanwhile: one writes at a time. */
const EVENTS_AT_ONCE = 500
/** Of the time that an append took, the log is then left to others. */
const REST_SHARE = 0.5

export interface AppendTools {
  log: Pick<EventLog, 'append'>
  clock: Clock
  random: Random
  /** Ownership: nothing is begun to be appended after it was lost. */
  signal: AbortSignal
}

/** Appends many events, group by group, and leaves the log to the doors in between: while one becomes durable the next one is made. */
export class AppendLane {
  readonly #tools: AppendTools
  /** Never rejects. */
  #underWay = Promise.resolve()
  #failure: { error: unknown } | null = null

  constructor(tools: AppendTools) {
    this.#tools = tools
  }

  /** Resolves when there is room for more. Throws what an earlier append failed with. */
  async add(events: readonly NewEvent[]): Promise<void> {
    for (let from = 0; from < events.length; from += EVENTS_AT_ONCE) {
      await this.drained()
      this.#tools.signal.throwIfAborted()
      this.#underWay = this.#append(events.slice(from, from + EVENTS_AT_ONCE))
    }
  }

  /** Resolves when everything is durable. Throws LogUnavailableError, IndeterminateError. */
  async drained(): Promise<void> {
    await this.#underWay
    if (this.#failure) throw this.#failure.error
  }

  async #append(events: readonly NewEvent[]): Promise<void> {
    const { log, clock, random, signal } = this.#tools
    const beganMs = clock.monotonicMs()
    try {
      await appendSurely(log, events, clock, random)
      await clock.sleep((clock.monotonicMs() - beganMs) * REST_SHARE, signal)
    } catch (error) {
      this.#failure = { error }
    }
  }
}
