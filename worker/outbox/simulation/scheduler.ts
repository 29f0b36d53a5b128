/** One thing that will happen: an effect in the world, or an answer that lets an actor go on. */
export interface Operation {
  /** True time, ms since the epoch. */
  atMs: number
  /** Whose it is: held while that context is frozen, gone when it dies. Null for what is on the wire. */
  context: number | null
  /** A timer counts the time that the device is awake. */
  timer: boolean
  label: string
  run: () => void | Promise<void>
}

/** Virtual time, and all that is still to happen in it. Everything happens one after the other. */
export class Scheduler {
  /** True time, ms since the epoch. No phone in the simulation knows it. */
  nowMs: number
  readonly #operations = new Set<Operation>()

  constructor(startMs: number) {
    this.nowMs = startMs
  }

  add(operation: Operation): () => void {
    this.#operations.add(operation)
    return () => this.#operations.delete(operation)
  }

  /** The next to happen, taken out, with time moved on to it; null when nothing can happen by itself. */
  take(isHeld: (context: number) => boolean): Operation | null {
    let next: Operation | null = null
    for (const operation of this.#operations) {
      if (next !== null && operation.atMs >= next.atMs) continue
      if (operation.context === null || !isHeld(operation.context)) next = operation
    }
    if (next === null) return null
    this.#operations.delete(next)
    this.nowMs = Math.max(this.nowMs, next.atMs)
    return next
  }

  /** What a dying context still had to do; none of it happens any more. */
  drop(context: number): Operation[] {
    const dropped = [...this.#operations].filter((operation) => operation.context === context)
    for (const operation of dropped) this.#operations.delete(operation)
    return dropped
  }

  /** Time passes while the device sleeps: its timers stand still. */
  sleep(durationMs: number): void {
    this.nowMs += durationMs
    for (const operation of this.#operations) if (operation.timer) operation.atMs += durationMs
  }
}
