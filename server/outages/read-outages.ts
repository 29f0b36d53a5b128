import type { Redis } from 'ioredis'
import type { Database } from '../platform/database.ts'
import { type Read, readProjected } from '../platform/read-projected.ts'
import type { ReadSources } from '../platform/read-sources.ts'

/** What is folded from reports, as readProjected says. Throws ReadsUnavailableError. */
export function readOutages<T>(
  sources: ReadSources,
  question: { fromRedis(redis: Redis): Promise<T>; fromPostgres(database: Database): Promise<T> },
): Promise<Read<T>> {
  return readProjected(sources, 'outages', question)
}
