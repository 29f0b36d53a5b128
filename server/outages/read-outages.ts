import type { Redis } from 'ioredis'
import type { Database } from '../platform/database.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import { StoreUnavailableError } from '../platform/guarded-store.ts'
import { postgresCurrentAt, redisProjectionState } from '../platform/projection-state.ts'
import type { ReadSources } from '../platform/read-sources.ts'

export interface Read<T> {
  value: T
  /** ISO 8601 UTC up to which the reports are folded into the store; null when that is not known. */
  currentAt: string | null
  source: 'redis' | 'postgres'
}

/**
 * Redis when it is whole, else Postgres, else what Redis has while it is folded anew.
 * Throws ReadsUnavailableError when neither answers.
 */
export async function readOutages<T>(
  sources: ReadSources,
  question: { fromRedis(redis: Redis): Promise<T>; fromPostgres(database: Database): Promise<T> },
): Promise<Read<T>> {
  const cached = await sources.redis
    .use(async (redis) => {
      const [state, value] = await Promise.all([redisProjectionState(redis, 'outages'), question.fromRedis(redis)])
      return { whole: state.whole, read: { value, currentAt: state.currentAt, source: 'redis' as const } }
    })
    .catch(noAnswer)
  if (cached?.whole) return cached.read
  const stored = await sources.prisma
    .use(async (database) => {
      const [currentAt, value] = await Promise.all([postgresCurrentAt(database, 'outages'), question.fromPostgres(database)])
      return { value, currentAt, source: 'postgres' as const }
    })
    .catch(noAnswer)
  if (stored) return stored
  if (cached) return cached.read
  throw new ReadsUnavailableError('Neither Redis nor Postgres can answer')
}

function noAnswer(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null
  throw error
}
