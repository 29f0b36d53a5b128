import { join } from 'node:path'
import { startStack } from '../bin/supervisor/start-stack.ts'
import type { BenchOptions } from './row.ts'

/** Postgres, migrated, and Redis as `npm start` runs them, with nobody at work in them. */
export async function startStores({ folder, onEnd }: BenchOptions, name: string): Promise<{ databaseUrl: string; redisUrl: string }> {
  const stack = await startStack({ dataDir: join(folder, name), processes: ['postgres', 'redis'] })
  onEnd(() => stack.stop())
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = stack.env
  return { databaseUrl, redisUrl }
}
