import type { Redis } from 'ioredis'
import type { Clock } from '../../../domain/clock.ts'
import { putAccounts } from '../../../server/accounts/account-cache.ts'
import type { Partition, Position } from '../../../server/platform/event-log/event-log.ts'
import { fenceKeys, fenceValues, LUA_IS_FENCED, projectionKeys, type ProjectionFence } from '../../../server/platform/projection-state.ts'
import { createRedis, LUA_IS_BEFORE } from '../../../server/platform/redis.ts'
import { ProjectionMovedError, type Projection } from '../projection.ts'
import { ownStore } from './own-store.ts'
import { writeDesk } from './write-desk.ts'
import { writeIdentity } from './write-identity.ts'
import { writeOutages } from './write-outages.ts'

export interface RedisProjectionOptions {
  redisUrl: string
  logId: string
  clock: Clock
  /** All that the log has of the projected topics: until each was at its end, Redis is not whole. */
  partitions?: readonly Partition[]
}

/** One script, for another projector may fold the partition between a look and a mark. */
const LOAD = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local position = redis.call('GET', KEYS[2])
if not position then redis.call('SADD', KEYS[3], ARGV[2]) end
return position or ''`

/** Fenced on the log and on the expected place, so that a Redis that lost everything is noticed. */
const MOVE = `${LUA_IS_BEFORE}
${LUA_IS_FENCED}
if isFenced() then return 0 end
local next, partition, newestAt, atEnd = unpack(ARGV, 3, 6)
if next ~= '' then redis.call('SET', KEYS[3], next) end
if isBefore(redis.call('HGET', KEYS[1], partition) or '', newestAt) then redis.call('HSET', KEYS[1], partition, newestAt) end
if atEnd == '1' then redis.call('SREM', KEYS[4], partition) end
return 1`

/**
 * The projection in Redis: at least once, the offset after its batch; each write of a batch is fenced on the place that
 * the batch begins at. Reads nothing but the log and itself.
 */
export function createRedisProjection({ redisUrl, logId, clock, partitions = [] }: RedisProjectionOptions): Projection {
  const redis = createRedis(redisUrl, { commandTimeoutMs: 10_000, connectionName: 'projector' })
  const places = new Map<Partition, Position | null>()
  const move = async (fence: ProjectionFence, next: Position | null, newestAt: string, atEnd: boolean): Promise<void> => {
    const keys = [projectionKeys.currentAt, ...fenceKeys(fence), projectionKeys.rebuilding]
    const moved = await redis.eval(MOVE, keys.length, ...keys, ...fenceValues(fence), next ?? '', fence.partition, newestAt, atEnd ? '1' : '0')
    if (moved !== 1) throw movedAway(fence)
  }
  return {
    name: 'redis',
    load: async (partition) => {
      await whenConnected(redis)
      await ownStore(redis, logId, partitions, clock)
      const held = await redis.eval(LOAD, 3, projectionKeys.logId, projectionKeys.position(partition), projectionKeys.rebuilding, logId, partition)
      if (typeof held !== 'string') throw new ProjectionMovedError('Redis was taken for another log')
      places.set(partition, held || null)
      return held || null
    },
    apply: async ({ partition, expected, next, newestAt }, batch) => {
      const fence = { logId, partition, expected }
      const written = (await putAccounts(redis, batch.accounts, fence)) && (await writeOutages(redis, batch, fence)) && (await writeIdentity(redis, batch, fence)) && (await writeDesk(redis, batch, fence))
      if (!written) throw movedAway(fence)
      await move(fence, next, newestAt, false)
      places.set(partition, next)
    },
    caughtUp: (partition) => move({ logId, partition, expected: places.get(partition) ?? null }, null, '', true),
    confirm: (partition, position) => move({ logId, partition, expected: position }, null, new Date(clock.nowMs()).toISOString(), true),
    refuses: () => false,
    close: () => {
      redis.disconnect()
      return Promise.resolve()
    },
  }
}

function movedAway({ partition, expected }: ProjectionFence): ProjectionMovedError {
  return new ProjectionMovedError(`${partition} in Redis is no longer at ${expected ?? 'the start'}`)
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
