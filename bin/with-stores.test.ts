import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startStack } from './supervisor/start-stack.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'
import { withStores, type Stores } from './with-stores.ts'

beforeEach(() => {
  vi.stubEnv('DATABASE_URL', '')
  vi.stubEnv('REDIS_URL', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

async function remembered({ databaseUrl, redisUrl }: Stores): Promise<unknown[]> {
  const [client, redis] = [new Client({ connectionString: databaseUrl }), new Redis(redisUrl)]
  try {
    await client.connect()
    const { rows } = await client.query("SELECT to_regclass('portal.projection_offset') IS NOT NULL AS migrated")
    return [rows[0], await redis.get('kept')]
  } finally {
    redis.disconnect()
    await client.end()
  }
}

it('starts the stores of a data folder for the work and stops them, and not beside a portal that runs', { timeout: 120_000 }, async () => {
  const dataDir = temporaryFolder()
  await expect(withStores(dataDir, remembered)).rejects.toThrow('DATABASE_URL')
  const stack = await startStack({ dataDir, processes: ['postgres', 'redis'] })
  try {
    const redis = new Redis(stack.env['REDIS_URL']!)
    await redis.set('kept', 'yes')
    redis.disconnect()
    await expect(withStores(dataDir, remembered)).rejects.toThrow('already runs')
  } finally {
    await stack.stop()
  }
  let used: Stores | undefined
  expect(await withStores(dataDir, (stores) => remembered((used = stores)))).toEqual([{ migrated: true }, 'yes'])
  await expect(remembered(used!)).rejects.toThrow()
})

it('takes those that the environment names', async () => {
  vi.stubEnv('DATABASE_URL', 'postgresql://elsewhere/stormdoor')
  vi.stubEnv('REDIS_URL', 'redis://elsewhere')
  expect(await withStores(temporaryFolder(), (stores) => Promise.resolve(stores))).toEqual({ databaseUrl: 'postgresql://elsewhere/stormdoor', redisUrl: 'redis://elsewhere' })
})
