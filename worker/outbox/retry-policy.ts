/** Milliseconds that a refusal asks for: a slot is a moment, `Retry-After` a lower bound. */
export interface AskedWait {
  retryAfterMs: number | null
  slot: { ticket: string | null; afterMs: number } | null
}

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000
/** A report that names a hazard is never left alone for longer. */
const LONGEST_HAZARD_WAIT_MS = 30_000
/** A server that asks for more than this is asked again sooner. */
const LONGEST_ASKED_WAIT_MS = 60 * 60_000
/** Of the time that nothing got through, the part over which a phone that comes back spreads its first try. */
const COME_BACK_SHARE = 1 / 4
const USUAL_SPREAD_MS = 60_000
const HAZARDS_FIRST_SHARE = 1 / 10
const LONGEST_SPREAD_MS = 60 * 60_000
const LONGEST_HAZARD_SPREAD_MS = 10_000

/** No wait is ever longer; one that seems to be was stamped by a clock that has since been set back. */
export const LONGEST_RETRY_MS = LONGEST_ASKED_WAIT_MS * 1.25

/** True for a moment that no wait can have set. */
export function isStale(atMs: number, nowMs: number, hazardous = false): boolean {
  return atMs - nowMs > (hazardous ? LONGEST_HAZARD_WAIT_MS : LONGEST_RETRY_MS)
}

/**
 * Milliseconds until the next attempt. A slot is met exactly: the door has spread the slots. `Retry-After` is
 * spread by a quarter; without either: full jitter over an exponential bound, so that phones that were
 * cut off together do not return together. Hazards never wait for a slot, nor longer than half a minute.
 * @param failures in a row, at least 1
 * @param fraction random, in [0, 1)
 */
export function retryDelayMs(failures: number, hazardous: boolean, { retryAfterMs, slot }: AskedWait, fraction: number): number {
  if (slot && !hazardous) return Math.min(slot.afterMs, LONGEST_ASKED_WAIT_MS)
  const longestMs = hazardous ? LONGEST_HAZARD_WAIT_MS : LONGEST_WAIT_MS
  if (retryAfterMs !== null) {
    const askedMs = Math.min(retryAfterMs, LONGEST_ASKED_WAIT_MS) * (1 + fraction / 4)
    return hazardous ? Math.min(longestMs, askedMs) : askedMs
  }
  return fraction * Math.min(longestMs, FIRST_WAIT_MS * 2 ** Math.min(failures, 20))
}

/**
 * Milliseconds after which a phone that comes back first tries: soon after a moment in a lift, spread over minutes after
 * a blackout that ends for everybody at once. The first tenth, ten seconds at the most, is the hazards'.
 * @param spreadMs what the door said last; null when it has not
 * @param fraction random, in [0, 1)
 */
export function comeBackDelayMs(failingMs: number, spreadMs: number | null, hazardous: boolean, fraction: number): number {
  const farthestMs = Math.min(Math.max(0, failingMs) * COME_BACK_SHARE, spreadMs ?? USUAL_SPREAD_MS, LONGEST_SPREAD_MS)
  if (hazardous) return fraction * Math.min(farthestMs, LONGEST_HAZARD_SPREAD_MS)
  const soonestMs = Math.min(farthestMs * HAZARDS_FIRST_SHARE, LONGEST_HAZARD_SPREAD_MS)
  return soonestMs + fraction * (farthestMs - soonestMs)
}

/** Milliseconds of a `Retry-After` header (seconds or an HTTP date); null when there is none or it cannot be read. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}

/** Milliseconds of a header that counts them; null when there is none or it cannot be read. */
export function parseMilliseconds(header: string | null): number | null {
  return header !== null && /^\s*\d{1,12}\s*$/.test(header) ? Number(header) : null
}
