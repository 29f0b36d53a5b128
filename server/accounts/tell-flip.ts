import type { Clock, Random } from '../../domain/clock.ts'
import type { CacheFlipped } from '../../domain/operations.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'
import { appendSurely } from './import/load-accounts.ts'

/** Tells the log that another generation of the account cache answers since now. Throws LogUnavailableError. */
export async function tellFlip(log: EventLog, clock: Clock, random: Random, flip: Omit<CacheFlipped, 'at'>): Promise<void> {
  const data: CacheFlipped = { ...flip, at: new Date(clock.nowMs()).toISOString() }
  const id = uuidV5('cache-flipped', data.generation, data.at)
  await appendSurely(log, [{ id, type: 'cache.flipped.v1', key: 'cache', bodyHash: sha256(JSON.stringify(data)), data }], clock, random)
}
