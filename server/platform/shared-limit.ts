import type { Redis } from 'ioredis'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { TooManyRequestsError } from './errors.ts'

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

/** Counts one. Throws TooManyRequestsError when there was no room for it. */
export async function consume(limit: RateLimiterAbstract, key: string): Promise<void> {
  const refusal = await refusalOf(limit, key)
  if (refusal) throw tooMany(refusal)
}

/** Counts one, and tells whether there was room for it. */
export async function hasRoom(limit: RateLimiterAbstract, key: string): Promise<boolean> {
  return (await refusalOf(limit, key)) === null
}

export function tooMany({ msBeforeNext }: Pick<RateLimiterRes, 'msBeforeNext'>): TooManyRequestsError {
  return new TooManyRequestsError(Math.max(1, Math.ceil(msBeforeNext / 1_000)))
}

async function refusalOf(limit: RateLimiterAbstract, key: string): Promise<RateLimiterRes | null> {
  try {
    await limit.consume(key)
    return null
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    return refusal
  }
}
