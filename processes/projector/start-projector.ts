import type { Topic } from '../../domain/event.ts'
import type { Clock, Random } from '../../domain/clock.ts'
import type { EventLog, Ownership } from '../../server/platform/event-log/event-log.ts'
import type { Logger } from '../../server/platform/logger.ts'
import { ownedPartition } from '../../server/platform/ownership-status.ts'
import { createPostgresProjection } from './postgres/postgres-projection.ts'
import { createRedisProjection } from './redis/redis-projection.ts'
import { runProjection } from './run-projection.ts'

export interface ProjectorOptions {
  log: EventLog
  databaseUrl: string
  redisUrl: string
  clock: Clock
  random: Random
  logger: Logger
  checkEveryMs?: number
}

/** Topics that the projections fold today. */
export const PROJECTED_TOPICS = ['accounts', 'outages', 'identity', 'ops'] as const satisfies readonly Topic[]

const GROUP = 'projector'
const SHARE_RETRY_MS = 1_000

/**
 * Takes part in the group of projectors: of each partition that this one owns it runs both projections, none waiting for another.
 * @returns a function that hands over what it has, at once, and stops
 */
export async function startProjector({ log, databaseUrl, redisUrl, ...shared }: ProjectorOptions): Promise<() => Promise<void>> {
  const { clock, logger } = shared
  const stop = new AbortController()
  const partitions = await partitionsOf(log, PROJECTED_TOPICS)
  const projections = [
    createPostgresProjection({ databaseUrl, logId: log.logId, clock, partitions }),
    createRedisProjection({ redisUrl, logId: log.logId, clock, partitions }),
  ]
  const work = async ({ partition, epoch, signal }: Ownership): Promise<void> => {
    const owned = ownedPartition(GROUP, partition, epoch)
    await Promise.all(projections.map((projection) => runProjection({ ...shared, log, projection, partition, signal, owned })))
    owned.release()
  }
  const share = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await log.share(GROUP, PROJECTED_TOPICS, { signal: stop.signal, work })
      } catch (error) {
        if (stop.signal.aborted) return
        logger.error({ err: error }, 'cannot share the partitions with the other projectors; tries again')
        await clock.sleep(SHARE_RETRY_MS, stop.signal).catch(() => undefined)
      }
    }
  }
  const sharing = share()
  let stopped: Promise<void> | undefined
  const end = async (): Promise<void> => {
    stop.abort()
    await sharing
    await Promise.all(projections.map((projection) => projection.close()))
  }
  return () => (stopped ??= end())
}

export async function partitionsOf(log: EventLog, topics: readonly Topic[]) {
  return (await Promise.all(topics.map((topic) => log.partitions(topic)))).flat()
}
