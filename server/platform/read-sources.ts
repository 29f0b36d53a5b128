import type { Redis } from 'ioredis'
import { createDatabase, type Database } from './database.ts'
import { guardStore, type GuardedStore } from './guarded-store.ts'
import { createRedis } from './redis.ts'

const REDIS_TIMEOUT_MS = 150
const POSTGRES_TIMEOUT_MS = 500
/** Longer than the read waits: it only keeps a connection to a hung server from being held for ever. */
const POSTGRES_QUERY_DROPPED_MS = 3_000

/** What every read verb takes: both stores, each behind its own breaker. */
export interface ReadSources {
  redis: GuardedStore<Redis>
  prisma: GuardedStore<Database>
  close(): Promise<void>
}

/** Never throws because a store is down; each comes back by itself. */
export function createReadSources({ redisUrl, databaseUrl }: { redisUrl: string; databaseUrl: string }): ReadSources {
  const redis = createRedis(redisUrl, { commandTimeoutMs: 2 * REDIS_TIMEOUT_MS, connectionName: 'reads' })
  const database = createDatabase(databaseUrl, {
    connectTimeoutMs: POSTGRES_TIMEOUT_MS,
    queryTimeoutMs: POSTGRES_QUERY_DROPPED_MS,
    connections: 10,
  })
  void warm(database)
  return {
    redis: guardStore('Redis', redis, REDIS_TIMEOUT_MS),
    prisma: guardStore('Postgres', database, POSTGRES_TIMEOUT_MS),
    close: async () => {
      redis.disconnect()
      await database.$disconnect()
    },
  }
}

/** Prisma's first query loads its compiler: longer than a read may take. */
async function warm(database: Database): Promise<void> {
  await database.projectionOffset.findFirst({ select: { topic: true } }).catch(() => null)
}
