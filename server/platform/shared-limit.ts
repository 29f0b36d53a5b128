import type { Redis } from 'ioredis'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'

/**
 * A limit that all processes count together, in Redis; each by itself while Redis is dead.
 * @param redis null: in memory alone
 * @param keyPrefix of its keys in Redis; each goes after `durationSeconds`
 */
export function sharedLimit(redis: Redis | null, keyPrefix: string, limit: { points: number; durationSeconds: number }): RateLimiterAbstract {
  const inMemory = { keyPrefix, points: limit.points, duration: limit.durationSeconds }
  if (!redis) return new RateLimiterMemory(inMemory)
  return new RateLimiterRedis({ ...inMemory, storeClient: redis, rejectIfRedisNotReady: true, insuranceLimiter: new RateLimiterMemory(inMemory) })
}
