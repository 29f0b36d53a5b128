import { Redis } from 'ioredis'
import { inject } from 'vitest'

/** An empty logical database of this run's Redis that nobody else uses; resolves to its URL. Never FLUSHALL: that empties everybody's. */
export async function freshRedis(): Promise<string> {
  const admin = new URL(inject('redisAdminUrl'))
  const redis = new Redis(admin.href, { maxRetriesPerRequest: 3 })
  try {
    const number = await redis.incr('next-test-database')
    admin.pathname = `/${number}`
    return admin.href
  } finally {
    redis.disconnect()
  }
}
