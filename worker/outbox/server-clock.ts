import type { Clock } from '../../domain/clock.ts'

/** One measurement of the server's clock against the phone's. */
export interface ServerClock {
  /** Server clock minus phone clock at the measurement, ms. */
  offsetMs: number
  /** How far it may have been off then: half the round trip. */
  errorMs: number
  /** The phone's wall clock then, ms since the epoch. */
  atMs: number
  /** The monotonic clock then, comparable within this page or worker alone. */
  contextId: string
  monotonicMs: number
}

/** An offset with the error that it has by now. */
export interface ClockEvidence {
  offsetMs: number
  errorMs: number
}

/** The phone's two clocks at one moment. */
export interface ClockReading {
  atMs: number
  monotonicMs: number
}

/** A quartz that was left alone: 200 parts in a million, far more than a phone's usual. */
const DRIFT_SHARE = 0.0002
/** The two clocks of a phone are read one after the other, and the wall clock is nudged now and then. */
const READING_TOLERANCE_MS = 250

export function readClocks(clock: Clock): ClockReading {
  return { atMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
}

/** The measurement of one answer: its time lies somewhere within the round trip. Null when it says none, or the phone's clock was set meanwhile. */
export function measureServerClock(serverTime: string | null, before: ClockReading, after: ClockReading, contextId: string): ServerClock | null {
  const serverMs = serverTime === null ? Number.NaN : Date.parse(serverTime)
  if (Number.isNaN(serverMs)) return null
  const roundTripMs = after.monotonicMs - before.monotonicMs
  if (Math.abs(after.atMs - before.atMs - roundTripMs) > READING_TOLERANCE_MS) return null
  return { offsetMs: Math.round(serverMs - (before.atMs + roundTripMs / 2)), errorMs: Math.ceil(roundTripMs / 2) + 1, ...after, contextId }
}

/** Of two measurements the sharper one by now; the newer one when they contradict each other, for then the phone's clock was set. */
export function sharperServerClock(known: ServerClock | null, fresh: ServerClock): ServerClock {
  const kept = known && clockEvidence(known, fresh, fresh.contextId)
  if (!kept || Math.abs(kept.offsetMs - fresh.offsetMs) > kept.errorMs + fresh.errorMs) return fresh
  return kept.errorMs < fresh.errorMs ? known : fresh
}

/**
 * What a measurement is worth now: its error grows with the time since. Within one page, a wall clock that went on
 * further than the monotonic one was set forward, or the phone slept: nobody can tell, so the difference is error.
 * Null once the wall clock has been set back, for then the offset is another.
 */
export function clockEvidence(known: ServerClock, now: ClockReading, contextId: string): ClockEvidence | null {
  const wallMs = now.atMs - known.atMs
  if (wallMs < -READING_TOLERANCE_MS) return null
  let doubtMs = 0
  if (known.contextId === contextId) {
    const aheadMs = wallMs - (now.monotonicMs - known.monotonicMs)
    const toleratedMs = READING_TOLERANCE_MS + Math.max(0, wallMs) * DRIFT_SHARE
    if (aheadMs < -toleratedMs) return null
    if (aheadMs > toleratedMs) doubtMs = aheadMs
  }
  return { offsetMs: known.offsetMs, errorMs: Math.ceil(known.errorMs + Math.max(0, wallMs) * DRIFT_SHARE + doubtMs) }
}
