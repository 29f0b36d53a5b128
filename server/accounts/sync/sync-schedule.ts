import { Cron } from 'croner'
import type { Utility } from '../../../domain/utility.ts'
import type { SyncHistory } from './sync-history.ts'

const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 3_600_000

/** When the next runs are due: full loads by the utility's cron in its own time zone, changes every so many seconds. */
export class SyncSchedule {
  readonly #cron: Cron
  readonly #changesEveryMs: number

  constructor({ timeZone, coreSystem }: Pick<Utility, 'timeZone' | 'coreSystem'>) {
    // Never started: it is only asked.
    this.#cron = new Cron(coreSystem.fullLoad, { timezone: timeZone, paused: true })
    this.#changesEveryMs = coreSystem.changesEverySeconds * 1_000
  }

  /** Milliseconds since the epoch. At once when there never was one; one that was missed is made up for. */
  fullLoadAtMs({ lastFull, failedInARow, cursorGone }: SyncHistory): number {
    if (!lastFull) return 0
    const endedAtMs = Date.parse(lastFull.endedAt)
    const plannedAtMs = this.plannedAtMs(Date.parse(lastFull.startedAt))
    if (lastFull.outcome === 'failed') return Math.min(plannedAtMs, endedAtMs + retryMs(failedInARow))
    return cursorGone ? Math.min(plannedAtMs, endedAtMs + LONGEST_RETRY_MS) : plannedAtMs
  }

  /** The cron's next time after another. */
  plannedAtMs(afterMs: number): number {
    return this.#cron.nextRun(new Date(afterMs))?.getTime() ?? Infinity
  }

  /** @param lastAtMs when the last one ended */
  changesAtMs(lastAtMs: number): number {
    return lastAtMs + this.#changesEveryMs
  }
}

function retryMs(failedInARow: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failedInARow - 1))
}
