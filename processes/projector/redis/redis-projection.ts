import type { Redis } from 'ioredis'
import type { Clock } from '../../../domain/clock.ts'
import { putAccounts } from '../../../server/accounts/account-cache.ts'
import type { Partition, Position } from '../../../server/platform/event-log/event-log.ts'
import { projectionKeys } from '../../../server/platform/projection-state.ts'
import { createRedis, LUA_IS_BEFORE } from '../../../server/platform/redis.ts'
import { ProjectionMovedError, type Projection } from '../projection.ts'
import { removeProjection } from './remove-projection.ts'
import { writeReportsAndMatches } from './write-reports.ts'

export interface RedisProjectionOptions {
  redisUrl: string
  logId: string
  clock: Clock
}

/** Fenced on the log and on the expected place, so that a Redis that lost everything is noticed. */
const MOVE = `${LUA_IS_BEFORE}
if redis.call('GET', KEYS[2]) ~= ARGV[1] or (redis.call('GET', KEYS[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] ~= '' then redis.call('SET', KEYS[1], ARGV[3]) end
if isBefore(redis.call('HGET', KEYS[3], ARGV[4]) or '', ARGV[5]) then redis.call('HSET', KEYS[3], ARGV[4], ARGV[5]) end
return 1`

const WAIT_FOR_WIPE_MS = 200

/** The projection in Redis: at least once, the offset after its batch. Reads nothing but the log and itself. */
export function createRedisProjection({ redisUrl, logId, clock }: RedisProjectionOptions): Projection {
  const redis = createRedis(redisUrl, { commandTimeoutMs: 10_000, connectionName: 'projector' })
  const move = async (partition: Partition, expected: Position | null, next: Position | null, newestAt: string): Promise<void> => {
    const keys = [projectionKeys.position(partition), projectionKeys.logId, projectionKeys.currentAt]
    const moved = await redis.eval(MOVE, keys.length, ...keys, logId, expected ?? '', next ?? '', partition, newestAt)
    if (moved !== 1) throw new ProjectionMovedError(`${partition} in Redis is no longer at ${expected ?? 'the start'}`)
  }
  return {
    name: 'redis',
    load: async (partition) => {
      await whenConnected(redis)
      await ownTheStore(redis, logId, clock)
      const position = await redis.get(projectionKeys.position(partition))
      if (position === null) await redis.sadd(projectionKeys.rebuilding, partition)
      return position
    },
    apply: async ({ partition, expected, next, newestAt }, batch) => {
      await putAccounts(redis, batch.accounts)
      await writeReportsAndMatches(redis, batch)
      await move(partition, expected, next, newestAt)
    },
    caughtUp: async (partition) => {
      await redis.srem(projectionKeys.rebuilding, partition)
    },
    confirm: (partition, position) => move(partition, position, null, new Date(clock.nowMs()).toISOString()),
    refuses: () => false,
    close: () => {
      redis.disconnect()
      return Promise.resolve()
    },
  }
}

/** The client fails fast while it is away; a loop that just began waits for the first connection. */
async function whenConnected(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error) => {
      clearTimeout(timer)
      redis.off('ready', onReady)
      if (error) reject(error)
      else resolve()
    }
    const onReady = () => done()
    const timer = setTimeout(() => done(new Error('Redis cannot be reached')), 2_000)
    redis.once('ready', onReady)
  })
}

/** A Redis that is empty or folded from another log is cleared of the projection and taken over. */
async function ownTheStore(redis: Redis, logId: string, clock: Clock): Promise<void> {
  while ((await redis.get(projectionKeys.logId)) !== logId) {
    const mine = await redis.set(projectionKeys.wiping, logId, 'PX', 60_000, 'NX')
    if (mine !== 'OK') {
      await clock.sleep(WAIT_FOR_WIPE_MS)
      continue
    }
    try {
      await removeProjection(redis)
      await redis.set(projectionKeys.logId, logId)
    } finally {
      await redis.del(projectionKeys.wiping)
    }
  }
}
