import { AsyncLocalStorage } from 'node:async_hooks'

interface Deadline {
  /** On performance.now()'s clock. */
  untilMs: number
}

// The bundler gives routes another copy of this file than pages: what one of them sets, all must see.
const holder = globalThis as typeof globalThis & { stormdoorDeadline?: AsyncLocalStorage<Deadline> }
const current = (holder.stormdoorDeadline ??= new AsyncLocalStorage<Deadline>())

/** Runs work that must be done within `durationMs`: everything below it can ask what is left. An earlier deadline around it stands. */
export function withDeadline<T>(durationMs: number, work: () => T): T {
  return current.run(deadlineIn(durationMs), work)
}

/** For what outlives the request that began it: a stream, a timer, a connection for everybody. */
export function withoutDeadline<T>(work: () => T): T {
  return current.exit(work)
}

/** Gives the rest of this asynchronous execution a deadline: for a hook that is told of a request and cannot wrap its work. */
export function enterDeadline(durationMs: number): void {
  current.enterWith({ untilMs: performance.now() + durationMs })
}

/** Milliseconds that whoever asked still waits: at least 0; Infinity when nobody said. */
export function remainingMs(): number {
  const deadline = current.getStore()
  return deadline ? Math.max(0, deadline.untilMs - performance.now()) : Number.POSITIVE_INFINITY
}

function deadlineIn(durationMs: number): Deadline {
  const untilMs = performance.now() + durationMs
  return { untilMs: Math.min(untilMs, current.getStore()?.untilMs ?? untilMs) }
}
