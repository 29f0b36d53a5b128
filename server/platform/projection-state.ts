import type { Redis } from 'ioredis'
import type { Topic } from '../../domain/event.ts'
import type { Database } from './database.ts'
import type { Partition, Position } from './event-log/event-log.ts'

/** Keys by which the Redis projection keeps its place. */
export const projectionKeys = {
  /**
   * The log that Redis is folded from. The name carries the layout of what is folded: a Redis of an older layout looks
   * like one of no log, and is cleared and folded anew. A change that older readers or writers would misread takes another number.
   */
  logId: 'projection:log-id:3',
  /** Partitions that were not at the log's end yet since Redis began to be folded: at first all that the log has. */
  rebuilding: 'projection:rebuilding',
  /** Hash: partition → ISO 8601 UTC up to which everything is folded in. */
  currentAt: 'projection:current-at',
  /** Held while an old log's keys are removed. */
  wiping: 'projection:wiping',
  position: (partition: string): string => `projection:${partition}`,
} as const

/** Where a projection must stand for a write of its batch to count. */
export interface ProjectionFence {
  logId: string
  partition: Partition
  expected: Position | null
}

/**
 * Lua: true when the projection is of another log, or elsewhere than the writer knows. Its place is KEYS[3], its log KEYS[2]
 * (fenceKeys), and what they must hold ARGV[1] and ARGV[2] (fenceValues). Prepended to each script of a batch.
 */
export const LUA_IS_FENCED = `local function isFenced()
  return redis.call('GET', KEYS[2]) ~= ARGV[1] or (redis.call('GET', KEYS[3]) or '') ~= ARGV[2]
end`
export const fenceKeys = ({ partition }: ProjectionFence): [string, string] => [projectionKeys.logId, projectionKeys.position(partition)]
export const fenceValues = ({ logId, expected }: ProjectionFence): [string, string] => [logId, expected ?? '']

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
  const missing = rebuilding.filter(ofTopic)
  const instants = Object.entries(currentAt).filter(([partition]) => ofTopic(partition)).map(([, instant]) => instant)
  const whole = logId !== null && instants.length > 0 && missing.length === 0
  // Of a partition of which nothing is folded yet, it is not known up to when it is.
  const known = missing.every((partition) => partition in currentAt)
  return { whole, currentAt: known ? (instants.sort()[0] ?? null) : null }
}

/** How far partitions of this log are folded into Redis, in their order; null when nothing of one is. */
export async function redisPositions(redis: Redis, partitions: readonly Partition[], logId: string): Promise<(Position | null)[]> {
  const [heldLogId, ...positions] = await redis.mget(projectionKeys.logId, ...partitions.map(projectionKeys.position))
  return heldLogId === logId ? positions : partitions.map(() => null)
}

/** How far partitions of this log are folded into Postgres, in their order; null when nothing of one is. */
export async function postgresPositions(database: Database, partitions: readonly Partition[], logId: string): Promise<(Position | null)[]> {
  const rows = await database.projectionOffset.findMany({ where: { logId } })
  return partitions.map((partition) => rows.find((row) => `${row.topic}/${row.partition}` === partition)?.position ?? null)
}

export async function postgresCurrentAt(database: Database, topic: Topic): Promise<string | null> {
  const { _min: oldest } = await database.projectionOffset.aggregate({ where: { topic }, _min: { currentAt: true } })
  return oldest.currentAt?.toISOString() ?? null
}
