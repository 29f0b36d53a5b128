import { AsyncLocalStorage } from 'node:async_hooks'
import { randomFillSync } from 'node:crypto'

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const storage = new AsyncLocalStorage<{ traceparent: string; traceId: string }>()

/** Runs `work` under a trace: the caller's W3C `traceparent` when it is well-formed, else a new one. */
export function withTrace<T>(incoming: string | undefined, work: () => T): T {
  return storage.run(traceOf(incoming), work)
}

export function traceOf(incoming: string | undefined): { traceparent: string; traceId: string } {
  const match = incoming ? TRACEPARENT.exec(incoming) : null
  const traceId = match && !/^0+$/.test(match[1]!) ? match[1]! : randomHex(16)
  return { traceparent: `00-${traceId}-${randomHex(8)}-${match?.[3] ?? '00'}`, traceId }
}

/** Of the request under way; undefined outside of one. */
export function currentTrace(): { traceparent: string; traceId: string } | undefined {
  return storage.getStore()
}

/** Drawn by the page: a call per id would cost more than the rest of it. */
const pool = Buffer.alloc(4_096)
let drawn = pool.length

function randomHex(bytes: number): string {
  if (drawn + bytes > pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  drawn += bytes
  return pool.toString('hex', drawn - bytes, drawn)
}
