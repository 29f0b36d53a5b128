import { requirePermission } from '../identity/require-permission.ts'
import type { Staff } from '../identity/staff.ts'
import { redisProjectionState } from '../platform/projection-state.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import type { Board, OperationsBoard } from './operations-board.ts'

/** A page waits so long for the first reading of the log, and then shows what is known so far. */
const FIRST_READING_MS = 400

export interface Operations extends Board {
  /** ISO 8601 UTC up to which the cache knows of reports, asked while something is down; null when it cannot say. */
  cacheAsOf: string | null
}

/**
 * What is down and since when, the runs of sync, the cache's generations: for staff. Needs neither Redis nor Postgres.
 * Throws ForbiddenError.
 */
export async function getOperations({ operations, sources }: { operations: () => OperationsBoard; sources: ReadSources }, staff: Staff): Promise<Operations> {
  requirePermission(staff, 'system.read')
  const board = operations()
  await board.ready(FIRST_READING_MS)
  const view = board.view()
  return { ...view, cacheAsOf: view.down.length > 0 ? await cacheAsOf(sources) : null }
}

async function cacheAsOf({ redis }: ReadSources): Promise<string | null> {
  return redis.use(async (client) => (await redisProjectionState(client, 'outages')).currentAt).catch(() => null)
}
