import type { Clock } from '../../domain/clock.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import { StoreUnavailableError, type GuardedStore } from '../platform/guarded-store.ts'
import { postgresPositions, redisPositions, redisProjectionState } from '../platform/projection-state.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { hasAll, logEnds, type LogEnds } from './log-ends.ts'

/** A store answers, but not all accounts of the log are in it yet. */
export class AccountsBehindError extends Error {
  override name = 'AccountsBehindError'
}

const LOOK_EVERY_MS = 50

/** How long accounts that are on their way are waited for: what the log gains meanwhile is not, so that an import delays no one for ever. */
export interface Patience {
  waitMs: number
  clock: Clock
}

/**
 * The same stores, of which one alone answers: Redis, else Postgres, whichever has every account that the log held
 * when this was called. For decisions in which what is missing would change the answer: a phone of two accounts looks like
 * one's own while the second is on its way.
 * @throws AccountsBehindError when a store answers and none has them all in time, ReadsUnavailableError when none answers
 */
export async function completeSources(sources: ReadSources, log: EventLog, { waitMs, clock }: Patience): Promise<ReadSources> {
  const ends = await logEnds(log, 'accounts')
  const untilMs = clock.monotonicMs() + waitMs
  for (;;) {
    const chosen = await choose(sources, log, ends)
    if (chosen) return chosen
    if (clock.monotonicMs() >= untilMs) throw new AccountsBehindError('Not all accounts of the event log are projected yet')
    await clock.sleep(LOOK_EVERY_MS)
  }
}

/** Null when none has everything up to the ends. Throws ReadsUnavailableError, LogUnavailableError. */
async function choose(sources: ReadSources, log: EventLog, ends: LogEnds): Promise<ReadSources | null> {
  const partitions = ends.map(([partition]) => partition)
  const inRedis = await sources.redis
    .use(async (redis) => {
      const [{ whole }, positions] = await Promise.all([redisProjectionState(redis, 'accounts'), redisPositions(redis, partitions, log.logId)])
      return { positions: whole ? positions : null }
    })
    .catch(unknownStore)
  // The log is asked outside of the store's time: it may be across a network.
  if (inRedis?.positions && (await hasAll(log, ends, inRedis.positions))) return { ...sources, prisma: silent(sources.prisma) }
  const inPostgres = await sources.prisma.use((database) => postgresPositions(database, partitions, log.logId)).catch(unknownStore)
  if (inPostgres && (await hasAll(log, ends, inPostgres))) return { ...sources, redis: silent(sources.redis) }
  if (inRedis === null && inPostgres === null) throw new ReadsUnavailableError('Neither Redis nor Postgres can answer')
  return null
}

function silent<C>({ client }: GuardedStore<C>): GuardedStore<C> {
  return { client, use: () => Promise.reject(new StoreUnavailableError('The other store was chosen to answer')) }
}

/** Null when the store does not answer. */
function unknownStore(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null
  throw error
}
