import type { Clock, Random } from '../../domain/clock.ts'
import { IndeterminateError, LogUnavailableError, ReadsUnavailableError } from '../../server/platform/errors.ts'
import type { Logger } from '../../server/platform/logger.ts'

const BACKOFF_MS = 200
const BACKOFF_MAX_MS = 10_000

interface Surroundings {
  clock: Clock
  random: Random
  logger: Logger
  signal: AbortSignal
}

/** Does it again, with backoff and full jitter, until what it needs is back; one log line per change of state. */
export async function surely<T>({ clock, random, logger, signal }: Surroundings, needed: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await work()
      if (attempt > 0) logger.info(`${needed} answered again after ${attempt} tries`)
      return result
    } catch (error) {
      const passing = error instanceof ReadsUnavailableError || error instanceof LogUnavailableError || error instanceof IndeterminateError
      if (signal.aborted || !passing) throw error
      if (attempt === 0) logger.warn({ reason: error.message }, `${needed} does not answer: waiting`)
      await clock.sleep(random.fraction() * Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** attempt), signal)
    }
  }
}

/** A wait that was cut short by the signal is the end that was asked for. */
function unlessAborted(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error
  }
}

/** Waits for all; when one fails the others are told to stop, and the failure is thrown when they have. */
export async function together(signal: AbortSignal, stop: AbortController, loops: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(
    loops.map((loop) =>
      loop.catch(unlessAborted(signal)).catch((error: unknown) => {
        stop.abort()
        throw error
      }),
    ),
  )
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
