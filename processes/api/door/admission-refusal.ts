import type { Random } from '../../../domain/clock.ts'
import type { Problem } from '../../../domain/problem.ts'

/** A hazard never waits for a slot. */
const HAZARD_RETRY_SECONDS = { from: 1, to: 4 }
/** Nothing is lost by a question that is asked later. */
const READING_RETRY_SECONDS = { from: 5, to: 30 }

export interface Refusal {
  retryAfterSeconds: number
  /** Problem details, made beforehand. */
  body: Buffer
  /** When exactly to come back, milliseconds from now, and with which ticket. A hazard and a question have none. */
  slot: { ticket: string; inMs: number } | null
}

/** Spread over a few seconds, so that refused hazards do not come back together. */
export function hazardRefusal(random: Random): Refusal {
  return withoutSlot(HAZARD_RETRY_SECONDS, random)
}

/** Of a question where a report stands: slots are for what the log has to take. */
export function readingRefusal(random: Random): Refusal {
  return withoutSlot(READING_RETRY_SECONDS, random)
}

function withoutSlot({ from, to }: { from: number; to: number }, random: Random): Refusal {
  const retryAfterSeconds = from + Math.floor(random.fraction() * (to - from + 1))
  return { retryAfterSeconds, body: bodyFor(retryAfterSeconds), slot: null }
}

/** `Retry-After` is whole seconds, rounded up: a phone that knows nothing of slots is late rather than early. */
export function slotRefusal(inMs: number, ticket: string): Refusal {
  const retryAfterSeconds = Math.ceil(inMs / 1_000)
  return { retryAfterSeconds, body: bodyFor(retryAfterSeconds), slot: { ticket, inMs: Math.round(inMs) } }
}

/** One for each second of the longest wait. */
const bodies = new Map<number, Buffer>()

function bodyFor(retryAfterSeconds: number): Buffer {
  let body = bodies.get(retryAfterSeconds)
  if (!body) {
    const problem: Problem = {
      type: 'urn:stormdoor:problem:overloaded',
      title: 'Too busy just now',
      status: 503,
      detail: 'Nothing was written. Keep the id and send the same bytes again.',
      retryAfterSeconds,
    }
    body = Buffer.from(JSON.stringify(problem))
    bodies.set(retryAfterSeconds, body)
  }
  return body
}
