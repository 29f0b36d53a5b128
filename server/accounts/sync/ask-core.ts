import type { Clock, Random } from '../../../domain/clock.ts'
import { CoreAnswerError, CoreGoneError, CoreRefusedError, CoreUnavailableError } from '../../core-system/core-errors.ts'
import type { CoreCall } from '../../core-system/core-system.ts'
import type { CorePace } from './core-pace.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000

export interface CoreAsker {
  pace: CorePace
  clock: Clock
  random: Random
  signal: AbortSignal
  /** For so long one question is asked again while the core system is away; 0: once. */
  patienceMs: number
}

/**
 * Asks the core system at its pace, again after a pause with full jitter while it is away.
 * Throws what it answered for good, and what it failed with at last.
 */
export async function askCore<T>({ pace, clock, random, signal, patienceMs }: CoreAsker, question: (call: CoreCall) => Promise<T>): Promise<T> {
  const untilMs = clock.monotonicMs() + patienceMs
  for (let attempt = 0; ; attempt++) {
    await pace.turn(signal)
    signal.throwIfAborted()
    const beganMs = clock.monotonicMs()
    try {
      const answer = await question({ signal })
      pace.answered(clock.monotonicMs() - beganMs)
      return answer
    } catch (error) {
      signal.throwIfAborted()
      if (!isPassing(error)) throw error
      const { retryAfterMs = 0, kind } = error instanceof CoreUnavailableError ? error : { kind: 'answer' }
      // Behind an open breaker nobody was asked.
      if (kind !== 'not-asked') pace.failed(retryAfterMs)
      const pauseMs = retryAfterMs + random.fraction() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
      if (clock.monotonicMs() + pauseMs >= untilMs) throw error
      await clock.sleep(pauseMs, signal)
    }
  }
}

/** It may answer later: away, throttling, behind an open breaker, or talking nonsense. */
function isPassing(error: unknown): boolean {
  return error instanceof CoreUnavailableError || error instanceof CoreAnswerError
}

/** The core system's doing, whether it passes or not. */
export function isOfCore(error: unknown): boolean {
  return isPassing(error) || error instanceof CoreGoneError || error instanceof CoreRefusedError
}

/** Why a run failed, without a word of anybody's data. */
export function failureOf(error: unknown): { code: string; detail: Record<string, string | number> } {
  if (error instanceof CoreUnavailableError) return { code: 'core-unavailable', detail: { kind: error.kind } }
  if (error instanceof CoreAnswerError) return { code: 'core-answer', detail: { kind: 'answer' } }
  if (error instanceof CoreGoneError) return { code: 'core-gone', detail: {} }
  if (error instanceof CoreRefusedError) return { code: 'core-refused', detail: { status: error.status, reason: error.reason } }
  return { code: 'failed', detail: { kind: error instanceof Error ? error.name : 'unknown' } }
}
