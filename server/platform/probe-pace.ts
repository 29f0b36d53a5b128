import { ExponentialBackoff, halfJitterGenerator } from 'cockatiel'
import { withoutDeadline } from './deadline.ts'

const FIRST_MS = 500
const LONGEST_MS = 5_000
/** Failing again sooner than this after an answer goes on with longer pauses: a store that comes and goes is not asked as if nothing were. */
const STEADY_MS = 30_000
/** Of what a store asked for, added at random: all processes heard the same number. */
const LATER_SHARE = 0.2

export interface Probes {
  /** It failed: the next probe comes after the next pause, and not before the store wants to be asked. */
  later(atLeastMs?: number): void
  /** It answered: no more probes. */
  answered(): void
  /** Milliseconds until the next one; 0 when none is planned. */
  dueInMs(): number
  stop(): void
}

/**
 * When a store that is down is asked again: one probe at a time, with pauses that grow from half a second to five and are
 * random by half, so that many processes do not come at once.
 * @param probe its failure calls `later` by way of the breaker, as its success calls `answered`
 */
export function probesUntilItAnswers(probe: () => Promise<unknown>): Probes {
  const fresh = () => new ExponentialBackoff({ initialDelay: FIRST_MS, maxDelay: LONGEST_MS, generator: halfJitterGenerator }).next()
  let pause: ReturnType<typeof fresh> | null = null
  let answeredAtMs: number | null = null
  let dueAtMs = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const later = (atLeastMs = 0) => {
    if (stopped) return
    const steady = answeredAtMs !== null && performance.now() - answeredAtMs >= STEADY_MS
    pause = pause === null || steady ? fresh() : pause.next(undefined)
    answeredAtMs = null
    const waitMs = Math.max(pause.duration, atLeastMs * (1 + Math.random() * LATER_SHARE))
    dueAtMs = performance.now() + waitMs
    clearTimeout(timer)
    timer = setTimeout(() => void probe().catch(() => undefined), waitMs)
    timer.unref()
  }
  return {
    // Not within the request that found out: a probe is nobody's.
    later: (atLeastMs) => withoutDeadline(() => later(atLeastMs)),
    answered: () => {
      answeredAtMs = performance.now()
      dueAtMs = 0
    },
    dueInMs: () => Math.max(0, dueAtMs - performance.now()),
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
