import type { Clock, Random } from '../../../domain/clock.ts'
import type { NewEvent } from '../../../domain/event.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { appendSurely } from '../import/load-accounts.ts'

const EVENTS_AT_ONCE = 500
const APPENDS_UNDER_WAY = 4

export interface AppendTools {
  log: Pick<EventLog, 'append'>
  clock: Clock
  random: Random
  /** Ownership: nothing is begun to be appended after it was lost. */
  signal: AbortSignal
}

/** Appends many events of different keys, several groups at a time: while one becomes durable the next ones are made. */
export class AppendLane {
  readonly #tools: AppendTools
  readonly #underWay = new Set<Promise<void>>()
  #failure: { error: unknown } | null = null

  constructor(tools: AppendTools) {
    this.#tools = tools
  }

  /** Resolves when there is room for more. Throws what an earlier append failed with. */
  async add(events: readonly NewEvent[]): Promise<void> {
    const { log, clock, random, signal } = this.#tools
    for (let from = 0; from < events.length; from += EVENTS_AT_ONCE) {
      while (this.#underWay.size >= APPENDS_UNDER_WAY) await Promise.race(this.#underWay)
      if (this.#failure) throw this.#failure.error
      signal.throwIfAborted()
      const append = appendSurely(log, events.slice(from, from + EVENTS_AT_ONCE), clock, random)
        .catch((error: unknown) => {
          this.#failure ??= { error }
        })
        .finally(() => this.#underWay.delete(append))
      this.#underWay.add(append)
    }
  }

  /** Resolves when everything is durable. Throws LogUnavailableError, IndeterminateError. */
  async drained(): Promise<void> {
    await Promise.all(this.#underWay)
    if (this.#failure) throw this.#failure.error
  }
}
