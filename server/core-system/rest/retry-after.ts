/** However long it asks to be left alone: it may be back before, and reports wait. One probe then does not hurt. */
const MOST_MS = 10 * 60_000

/**
 * A Retry-After header, seconds or an HTTP date, as milliseconds from now: at least 0, at most ten minutes.
 * Undefined when it is absent or neither.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : /^[A-Z][a-z]{2,8}[, ]/.test(text) ? Date.parse(text) - nowMs : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.min(MOST_MS, Math.max(0, ms))
}
