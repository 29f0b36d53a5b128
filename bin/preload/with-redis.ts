import { Redis } from 'ioredis'
import { SetupError } from '../setup/setup-error.ts'

const ANSWER_WITHIN_MS = 10_000

/** Runs work on a Redis that must be there now. */
export async function withRedis<T>(redisUrl: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null, connectTimeout: ANSWER_WITHIN_MS, commandTimeout: ANSWER_WITHIN_MS })
  redis.on('error', () => undefined)
  try {
    await redis.connect().catch((cause: unknown) => {
      throw new SetupError('Redis does not answer. Is Stormdoor running? npm run ps', { cause })
    })
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}
