import type { Redis } from 'ioredis'
import type { Topic } from '../../domain/event.ts'
import type { Database } from './database.ts'
import { ReadsUnavailableError } from './errors.ts'
import { StoreUnavailableError } from './guarded-store.ts'
import { postgresCurrentAt, redisProjectionState } from './projection-state.ts'
import type { ReadSources } from './read-sources.ts'

export interface Read<T> {
  value: T
  /** ISO 8601 UTC up to which the topic is folded into the store; null when that is not known. */
  currentAt: string | null
  source: 'redis' | 'postgres'
}

/**
 * What is folded from a topic: from Redis when it is whole, else Postgres, else what Redis has while it is folded anew.
 * Throws ReadsUnavailableError when neither answers.
 * @param question `wholeOnly`: what Redis has while it is folded anew is no answer, for what is missing may take something back
 */
export async function readProjected<T>(
  sources: ReadSources,
  topic: Topic,
  question: { fromRedis(redis: Redis): Promise<T>; fromPostgres(database: Database): Promise<T>; wholeOnly?: boolean },
): Promise<Read<T>> {
  const cached = await sources.redis
    .use(async (redis) => {
      const [state, value] = await Promise.all([redisProjectionState(redis, topic), question.fromRedis(redis)])
      return { whole: state.whole, read: { value, currentAt: state.currentAt, source: 'redis' as const } }
    })
    .catch(noAnswer)
  if (cached?.whole) return cached.read
  const stored = await sources.prisma
    .use(async (database) => {
      const [currentAt, value] = await Promise.all([postgresCurrentAt(database, topic), question.fromPostgres(database)])
      return { value, currentAt, source: 'postgres' as const }
    })
    .catch(noAnswer)
  if (stored) return stored
  if (cached && !question.wholeOnly) return cached.read
  throw new ReadsUnavailableError('Neither Redis nor Postgres can answer')
}

function noAnswer(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null
  throw error
}
