import type { Position } from '../../../server/platform/event-log/event-log.ts'
import type { DeliveryItem } from './delivery-queue.ts'

export interface UndeliveredItem {
  readonly item: DeliveryItem
  /** The record before it: reading after it meets it again. */
  before: Position | null
  /** Of a report: under which follow-ups count. */
  readonly secretHash: string | null
  /** Of a report: its customer took it back. */
  withdrawn: boolean
  /** Of a report: it was begun, and is handed over as it was then. */
  begun: boolean
  /** Whose chain it is in. */
  premise: string
}

/**
 * What one partition has to hand over, in the order of the log. Beyond a bound, reading goes on for hazards alone: those are
 * `ahead`, and what was passed over is met again from `passedFrom` on.
 */
export class UndeliveredItems {
  readonly #inOrder = new Map<string, UndeliveredItem>()
  readonly #ahead = new Map<string, UndeliveredItem>()

  get size(): number {
    return this.#inOrder.size + this.#ahead.size
  }

  get(id: string): UndeliveredItem | undefined {
    return this.#inOrder.get(id) ?? this.#ahead.get(id)
  }

  values(): UndeliveredItem[] {
    return [...this.#inOrder.values(), ...this.#ahead.values()]
  }

  /** @param ahead it was read while others before it were passed over */
  add(undelivered: UndeliveredItem, ahead: boolean): void {
    ;(ahead ? this.#ahead : this.#inOrder).set(undelivered.item.id, undelivered)
  }

  /** Met again in the order of the log. */
  metAgain(id: string, before: Position | null): void {
    const undelivered = this.#ahead.get(id)
    if (!undelivered) return
    this.#ahead.delete(id)
    undelivered.before = before
    this.#inOrder.set(id, undelivered)
  }

  remove(id: string): UndeliveredItem | undefined {
    const undelivered = this.get(id)
    this.#inOrder.delete(id)
    this.#ahead.delete(id)
    return undelivered
  }

  /** Where to read from to meet them all again; null for the start of the log. @param place up to which all was read */
  readFrom(place: Position | null): Position | null {
    const oldest = this.#inOrder.values().next()
    return oldest.done ? place : oldest.value.before
  }

  /** Milliseconds since the Unix epoch; null when there is none. Of those in order the first counts as the oldest. */
  oldestAcceptedAtMs(): number | null {
    const firsts = [this.#inOrder, this.#ahead].map((items) => items.values().next()).flatMap(({ value }) => (value ? [value.item.acceptedAtMs] : []))
    return firsts.length === 0 ? null : Math.min(...firsts)
  }
}
