import type { Redis } from 'ioredis'
import { createDatabase, type Database } from './database.ts'
import { guardStore, type GuardedStore } from './guarded-store.ts'
import { createRedis } from './redis.ts'
import { RetryBudget } from './retry-budget.ts'

const REDIS_TIMEOUT_MS = 150
const POSTGRES_TIMEOUT_MS = 500
/** Longer than the read waits: it only keeps a connection to a hung server from being held for ever. */
const POSTGRES_QUERY_DROPPED_MS = 3_000
const POSTGRES_CONNECTIONS = 10
/** At a few milliseconds each, they have their turn well within their time while Redis is dead and everybody comes here. */
const POSTGRES_WAITING = 200
/** Redis answers nearly everything, so Postgres could be dead for an hour and nobody here had asked it. */
const WATCH_EVERY_MS = 5_000
/** It answers thousands at once in one go; beyond, this process itself is what is slow. */
const REDIS_AT_ONCE = 1_000

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
    connections: POSTGRES_CONNECTIONS,
  })
  void warm(database)
  const redisGuard = guardStore('redis', redis, { timeoutMs: REDIS_TIMEOUT_MS, atOnce: REDIS_AT_ONCE, waiting: REDIS_AT_ONCE, watchEveryMs: WATCH_EVERY_MS, probe: () => redis.ping() })
  const postgresGuard = guardStore('postgres', database, {
    timeoutMs: POSTGRES_TIMEOUT_MS,
    atOnce: POSTGRES_CONNECTIONS,
    waiting: POSTGRES_WAITING,
    watchEveryMs: WATCH_EVERY_MS,
    probe: () => database.$queryRaw`SELECT 1`,
    retries: new RetryBudget(),
  })
  return {
    redis: redisGuard,
    prisma: postgresGuard,
    close: async () => {
      redisGuard.close()
      postgresGuard.close()
      redis.disconnect()
      await database.$disconnect()
    },
  }
}

/** Prisma's first query loads its compiler: longer than a read may take. */
async function warm(database: Database): Promise<void> {
  await database.projectionOffset.findFirst({ select: { topic: true } }).catch(() => null)
}
