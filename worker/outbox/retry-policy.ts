import type { Random } from '../../domain/clock.ts'

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000
/** A report that names a hazard is never left alone for longer. */
const LONGEST_HAZARD_WAIT_MS = 30_000
/** A server that asks for more than this is asked again sooner. */
const LONGEST_ASKED_WAIT_MS = 60 * 60_000

/** No wait is ever longer; one that seems to be was stamped by a clock that has since been set back. */
export const LONGEST_RETRY_MS = LONGEST_ASKED_WAIT_MS * 1.25

/**
 * Milliseconds until the next attempt: full jitter over an exponential bound, so that phones that were
 * cut off together do not return together; what the server asked for comes first, spread by a quarter.
 * @param attempts sends so far, at least 1
 */
export function retryDelayMs(attempts: number, hazardous: boolean, retryAfterMs: number | null, random: Random): number {
  if (retryAfterMs !== null) return Math.min(retryAfterMs, LONGEST_ASKED_WAIT_MS) * (1 + random.fraction() / 4)
  const boundMs = Math.min(hazardous ? LONGEST_HAZARD_WAIT_MS : LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 20))
  return random.fraction() * boundMs
}

/** Milliseconds of a `Retry-After` header (seconds or an HTTP date); null when there is none or it cannot be read. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}
