import type { Redis } from 'ioredis'
import { generationMemoryBytes } from '../../server/accounts/cache/generation-memory.ts'
import { listGenerations } from '../../server/accounts/generations.ts'
import { storeSettings } from '../store-settings.ts'
import { withRedis } from './with-redis.ts'

/** The generations of the account cache with what each takes of Redis' memory. */
export async function preloadStatus({ json }: { json: boolean }): Promise<number> {
  const status = await withRedis(storeSettings().redisUrl, statusOf)
  if (json) console.log(JSON.stringify(status))
  else {
    console.table(Object.fromEntries(status.generations.map(({ role, digest, ...rest }) => [role, { ...rest, digest: digest && `${digest.slice(0, 16)}…` }])))
    console.log(`Redis uses ${Math.round(status.redisBytes / 1e6).toLocaleString('en')} MB in all.`)
  }
  return 0
}

async function statusOf(redis: Redis) {
  const generations = await listGenerations(redis)
  const sized = generations.map(async (each) => {
    const bytes = await generationMemoryBytes(redis, each.generation)
    return { ...each, megabytes: Math.round(bytes / 1e5) / 10, bytesPerAccount: each.accounts === 0 ? null : Math.round(bytes / each.accounts) }
  })
  return { generations: await Promise.all(sized), redisBytes: Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? 0) }
}
