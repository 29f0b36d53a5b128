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
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env
  if (databaseUrl && redisUrl) return work({ databaseUrl, redisUrl })
  if (!existsSync(join(dataDir, 'ports.json'))) throw new SetupError(`There are no projections in ${dataDir}: name theirs with DATABASE_URL and REDIS_URL, or with STORMDOOR_DATA.`)
  const given = { ...(databaseUrl && { DATABASE_URL: databaseUrl }), ...(redisUrl && { REDIS_URL: redisUrl }) }
  const stack = await startStack({ dataDir, processes: ['postgres', 'redis'], env: given })
  try {
    return await work({ databaseUrl: stack.env['DATABASE_URL'] ?? '', redisUrl: stack.env['REDIS_URL'] ?? '' })
  } finally {
    await stack.stop()
  }
}
