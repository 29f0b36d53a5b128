import type { Random } from '../../domain/clock.ts'
import type { Logger } from '../../server/platform/logger.ts'
import { completeErasuresCutOff, type ErasureWrites } from '../../server/profile/complete-erasure.ts'

const LOOK_EVERY_MS = 60_000

/** Sees to it that whoever asked to be forgotten is, also when the process that took the request was killed over it. */
export async function runErasureReactor(context: ErasureWrites & { random: Random; logger: Pick<Logger, 'info' | 'warn'>; signal: AbortSignal }): Promise<void> {
  const { clock, random, logger, signal } = context
  while (!signal.aborted) {
    try {
      const completed = await completeErasuresCutOff(context)
      if (completed > 0) logger.info({ completed }, 'erasures that were cut off are completed')
    } catch (error) {
      logger.warn({ err: error }, 'erasures that were cut off cannot be completed now')
    }
    await clock.sleep(LOOK_EVERY_MS * (0.5 + random.fraction()), signal).catch(() => undefined)
  }
}
