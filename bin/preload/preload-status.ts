import type { Redis } from 'ioredis'
import { generationMemoryBytes } from '../../server/accounts/cache/generation-memory.ts'
import { listGenerations } from '../../server/accounts/generations.ts'
import { storeSettings } from '../store-settings.ts'
import { withRedis } from './with-redis.ts'

const FEW_ACCOUNTS = 1_000_000

/** The generations of the account cache with what each takes of Redis' memory. */
export async function preloadStatus({ json }: { json: boolean }): Promise<number> {
  const status = await withRedis(storeSettings().redisUrl, statusOf)
  if (json) console.log(JSON.stringify(status))
  else {
    for (const { role, generation, accounts, megabytes, bytesPerAccount } of status.generations) {
      const each = bytesPerAccount === null ? '' : `, ${bytesPerAccount} bytes each`
      console.log(`  ${role.padEnd(9)}generation ${generation}: ${accounts.toLocaleString('en')} accounts, ${megabytes} MB${each}`)
    }
    const few = status.generations.some(({ accounts }) => accounts < FEW_ACCOUNTS)
    console.log(`Redis uses ${Math.round(status.redisBytes / 1e6).toLocaleString('en')} MB in all.${few ? ' An account takes the less, the more there are: the cache is laid out for millions.' : ''}`)
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
