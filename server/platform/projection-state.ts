import type { Redis } from 'ioredis'
import type { Topic } from '../../domain/event.ts'
import type { Database } from './database.ts'
import type { Partition, Position } from './event-log/event-log.ts'

/** Keys by which the Redis projection keeps its place. */
export const projectionKeys = {
  logId: 'projection:log-id',
  /** Partitions that are being folded from the start and are not at the end yet. */
  rebuilding: 'projection:rebuilding',
  /** Hash: partition → ISO 8601 UTC up to which everything is folded in. */
  currentAt: 'projection:current-at',
  /** Held while an old log's keys are removed. */
  wiping: 'projection:wiping',
  position: (partition: string): string => `projection:${partition}`,
} as const

export interface ProjectionState {
  /** True when what Redis does not have did not exist: nothing was lost and nothing is being folded anew. */
  whole: boolean
  /** ISO 8601 UTC up to which the topic is folded in; null when that is not known. */
  currentAt: string | null
}

export async function redisProjectionState(redis: Redis, topic: Topic): Promise<ProjectionState> {
  const [logId, rebuilding, currentAt] = await Promise.all([
    redis.get(projectionKeys.logId),
    redis.smembers(projectionKeys.rebuilding),
    redis.hgetall(projectionKeys.currentAt),
  ])
  const ofTopic = (partition: string) => partition.startsWith(`${topic}/`)
  const instants = Object.entries(currentAt).filter(([partition]) => ofTopic(partition)).map(([, instant]) => instant)
  const whole = logId !== null && instants.length > 0 && !rebuilding.some(ofTopic)
  return { whole, currentAt: instants.sort()[0] ?? null }
}

/** How far a partition of this log is folded into Redis; null when nothing of it is. */
export async function redisPosition(redis: Redis, partition: Partition, logId: string): Promise<Position | null> {
  const [heldLogId, position] = await redis.mget(projectionKeys.logId, projectionKeys.position(partition))
  return heldLogId === logId ? (position ?? null) : null
}

/** How far a partition of this log is folded into Postgres; null when nothing of it is. */
export async function postgresPosition(database: Database, partition: Partition, logId: string): Promise<Position | null> {
  const [topic = '', number] = partition.split('/')
  const row = await database.projectionOffset.findUnique({ where: { topic_partition: { topic, partition: Number(number) } } })
  return row?.logId === logId ? row.position : null
}

export async function postgresCurrentAt(database: Database, topic: Topic): Promise<string | null> {
  const { _min: oldest } = await database.projectionOffset.aggregate({ where: { topic }, _min: { currentAt: true } })
  return oldest.currentAt?.toISOString() ?? null
}
