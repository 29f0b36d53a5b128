import type { Random } from '../../domain/clock.ts'
import { type AskedWait, comeBackDelayMs, isStale, retryDelayMs } from './retry-policy.ts'
import type { ServerClock } from './server-clock.ts'

/**
 * What this phone knows of its way to the door, over all its reports. One probe goes out while it fails,
 * and the rest follows when that got through.
 */
export interface Line {
  /** When sending first failed since it last worked, ms since the epoch; null while it works. */
  failingSinceMs: number | null
  /** Failures in a row, whatever was sent. */
  failures: number
  /** When this phone tries again by its own judgement; hazards sooner. `returning`: drawn at a sign that the network is back. */
  probe: { atMs: number; hazardAtMs: number; setAtMs: number; returning: boolean } | null
  /** When the door asked this phone to come, and the slot's ticket to show then. Binds all but hazards, whoever sends. */
  asked: { atMs: number; slot: string | null } | null
  /** Over how long the door wants phones that come back to spread; null when it has not said. */
  spreadMs: number | null
  /** What is known of the server's clock; null when nothing is. */
  serverClock: ServerClock | null
}

export const FRESH_LINE: Line = { failingSinceMs: null, failures: 0, probe: null, asked: null, spreadMs: null, serverClock: null }

/** After an attempt that failed for the network's or the door's sake. */
export function afterFailure(line: Line, wait: AskedWait, nowMs: number, random: Random): Line {
  const failures = line.failures + 1
  const fraction = random.fraction()
  const atMs = nowMs + retryDelayMs(failures, false, wait, fraction)
  const hazardAtMs = nowMs + retryDelayMs(failures, true, wait, fraction)
  const standing = stillAsked(line, nowMs)
  const asked = wait.slot || wait.retryAfterMs !== null ? { atMs, slot: wait.slot?.ticket ?? null } : null
  // A ticket whose send was cut off is shown again: its window may still be open.
  const kept = asked ? null : line.asked
  return {
    ...line,
    failures,
    failingSinceMs: line.failingSinceMs ?? nowMs,
    probe: { atMs, hazardAtMs, setAtMs: nowMs, returning: false },
    asked: asked && standing && standing.atMs > asked.atMs ? standing : (asked ?? kept),
  }
}

/** After the door's own answer. What it asked for still binds: a hazard that got through says nothing about a place for the rest. */
export function afterSuccess(line: Line, nowMs: number): Line {
  return { ...line, failures: 0, failingSinceMs: null, probe: null, asked: stillAsked(line, nowMs) }
}

/**
 * At a sign that the network is back: the first try falls at random within a quarter of the time that sending failed,
 * at most the spread that the door wants; hazards within ten seconds. Drawn once, however many tabs see the sign.
 * Null when there is nothing to change.
 */
export function afterReturn(line: Line, nowMs: number, random: Random): Line | null {
  if (line.failingSinceMs === null || stillAsked(line, nowMs)) return null
  const { probe } = line
  const failingMs = nowMs - line.failingSinceMs
  const isStanding = probe?.returning && !isStale(probe.atMs, nowMs) && nowMs - probe.atMs <= comeBackDelayMs(failingMs, line.spreadMs, false, 1)
  if (isStanding) return null
  const fraction = random.fraction()
  const delayMs = (hazardous: boolean) => comeBackDelayMs(failingMs, line.spreadMs, hazardous, fraction)
  // Also in place of a try that is due sooner: of many phones that come back together, those due by chance would come first and all at once.
  const next = { atMs: nowMs + delayMs(false), hazardAtMs: nowMs + delayMs(true) }
  // How long the old network failed says nothing of this one: a try that fails now is soon tried again.
  return { ...line, failures: 0, probe: { ...next, setAtMs: nowMs, returning: true } }
}

function stillAsked({ asked }: Line, nowMs: number): Line['asked'] {
  return asked && asked.atMs > nowMs && !isStale(asked.atMs, nowMs) ? asked : null
}
