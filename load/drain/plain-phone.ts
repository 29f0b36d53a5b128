import type { DoorAnswer, NextStep } from './drain-phone.ts'

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000

/** What phones usually do, to compare with: at once, then after 2, 4, 8 seconds, up to five minutes; no jitter, deaf to what the door asks for. */
export class PlainPhone {
  received = false
  #failures = 0
  #dueAtMs = 0

  next(nowMs: number): NextStep {
    return { atMs: Math.max(nowMs, this.#dueAtMs), ticket: null, send: this.#dueAtMs <= nowMs }
  }

  hear({ status }: DoorAnswer, nowMs: number): void {
    if (status === 201) this.received = true
    else this.hearNothing('busy', nowMs)
  }

  hearNothing(_reason: string, nowMs: number): void {
    this.#dueAtMs = nowMs + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++)
  }
}
