import type { Clock, Random } from '../../../domain/clock.ts'
import type { AccountsSynced } from '../../../domain/operations.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { sha256 } from '../../platform/hash.ts'
import { uuidV5 } from '../../platform/uuid-v5.ts'

/** All events of sync stand in one partition, in order. */
export const SYNC_KEY = 'sync'

/**
 * Asks whoever owns sync for a full load. Throws LogUnavailableError, IndeterminateError.
 * @param options.by a program's name, or `command`
 * @returns the run's id
 */
export async function requestFullLoad(options: { log: Pick<EventLog, 'append'>; clock: Clock; random: Random; by: string; acceptDifference: boolean }): Promise<string> {
  const { log, clock, random, by, acceptDifference } = options
  const requestId = uuidV7(clock, random)
  const data = { requestId, requestedAt: new Date(clock.nowMs()).toISOString(), kind: 'full' as const, acceptDifference, by }
  await log.append([{ id: requestId, type: 'sync.requested.v1', key: SYNC_KEY, bodyHash: sha256(JSON.stringify(data)), data }])
  return requestId
}

/** Id of the event that ends a run. */
export function syncedEventId(runId: string): string {
  return uuidV5('accounts-synced', runId)
}

/** How a requested run ended; 'under-way' until it has, null when nobody asked for it. */
export async function findRun(log: Pick<EventLog, 'find'>, runId: string): Promise<AccountsSynced | 'under-way' | null> {
  const ended = await log.find('ops', syncedEventId(runId))
  // Only accounts.synced.v1 has an id of this kind.
  if (ended) return ended.envelope.data as AccountsSynced
  const asked = await log.find('ops', runId)
  return asked?.envelope.type === 'sync.requested.v1' ? 'under-way' : null
}
