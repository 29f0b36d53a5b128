import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { Projection } from '../../processes/projector/projection.ts'
import { runProjection } from '../../processes/projector/run-projection.ts'
import { partitionsOf, PROJECTED_TOPICS } from '../../processes/projector/start-projector.ts'
import type { EventLog, Partition } from '../../server/platform/event-log/event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'

/**
 * Folds the log as it stands into one store, by the projector's own loops, all partitions at once.
 * @returns seconds until the last of them had caught up
 */
export async function foldHistory(log: EventLog, projection: Projection, signal: AbortSignal): Promise<number> {
  const partitions = await partitionsOf(log, PROJECTED_TOPICS)
  const behind = new Set<Partition>(partitions)
  const { promise: current, resolve } = Promise.withResolvers<void>()
  const watched: Projection = {
    ...projection,
    caughtUp: async (partition) => {
      await projection.caughtUp(partition)
      behind.delete(partition)
      if (behind.size === 0) resolve()
    },
  }
  const done = new AbortController()
  const either = AbortSignal.any([signal, done.signal])
  const logger = createLogger('bench', 'silent')
  const startMs = systemClock.monotonicMs()
  const loops = partitions.map((partition) => runProjection({ log, projection: watched, partition, clock: systemClock, random: systemRandom, logger, signal: either }))
  await Promise.race([current, Promise.all(loops)])
  const seconds = (systemClock.monotonicMs() - startMs) / 1000
  done.abort()
  await Promise.all(loops)
  signal.throwIfAborted()
  return seconds
}
