import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './setup/setup-error.ts'
import { startStack } from './supervisor/start-stack.ts'

export interface Stores {
  databaseUrl: string
  redisUrl: string
}

/**
 * Postgres and Redis for a piece of work that the portal may not run beside: those that the environment names, else those of the
 * data folder, started for it and stopped again. Throws SetupError when there are none, or when the portal runs.
 */
export async function withStores<T>(dataDir: string, work: (stores: Stores) => Promise<T>): Promise<T> {
  const given = { DATABASE_URL: process.env['DATABASE_URL'] || undefined, REDIS_URL: process.env['REDIS_URL'] || undefined }
  if (given.DATABASE_URL && given.REDIS_URL) return work({ databaseUrl: given.DATABASE_URL, redisUrl: given.REDIS_URL })
  if (!existsSync(join(dataDir, 'ports.json'))) throw new SetupError(`There are no projections in ${dataDir}: name theirs with DATABASE_URL and REDIS_URL, or with STORMDOOR_DATA.`)
  const stack = await startStack({ dataDir, processes: ['postgres', 'redis'], env: given })
  try {
    return await work({ databaseUrl: stack.env['DATABASE_URL'] ?? '', redisUrl: stack.env['REDIS_URL'] ?? '' })
  } finally {
    await stack.stop()
  }
}
