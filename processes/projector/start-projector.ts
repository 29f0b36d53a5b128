import type { Topic } from '../../domain/event.ts'
import type { Clock, Random } from '../../domain/clock.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import type { Logger } from '../../server/platform/logger.ts'
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
export const PROJECTED_TOPICS = ['accounts', 'outages'] as const satisfies readonly Topic[]

/** Starts both projections, a loop for each partition, none waiting for another. @returns a function that stops them */
export async function startProjector({ log, databaseUrl, redisUrl, ...shared }: ProjectorOptions): Promise<() => Promise<void>> {
  const stop = new AbortController()
  const projections = [
    createPostgresProjection({ databaseUrl, logId: log.logId, clock: shared.clock }),
    createRedisProjection({ redisUrl, logId: log.logId, clock: shared.clock }),
  ]
  const partitions = await partitionsOf(log, PROJECTED_TOPICS)
  const loops = projections.flatMap((projection) => partitions.map((partition) => runProjection({ ...shared, log, projection, partition, signal: stop.signal })))
  let stopped: Promise<void> | undefined
  const end = async (): Promise<void> => {
    stop.abort()
    await Promise.all(loops)
    await Promise.all(projections.map((projection) => projection.close()))
  }
  return () => (stopped ??= end())
}

export async function partitionsOf(log: EventLog, topics: readonly Topic[]) {
  return (await Promise.all(topics.map((topic) => log.partitions(topic)))).flat()
}
