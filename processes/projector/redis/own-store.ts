import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Clock } from '../../../domain/clock.ts'
import type { Partition } from '../../../server/platform/event-log/event-log.ts'
import { projectionKeys } from '../../../server/platform/projection-state.ts'
import { removeProjection } from './remove-projection.ts'

const HOLD_MS = 60_000
const WAIT_FOR_WIPE_MS = 200

/** Only now is the store this log's, and none of its partitions is folded. */
const TAKE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
for index = 3, #ARGV do redis.call('SADD', KEYS[3], ARGV[index]) end
redis.call('DEL', KEYS[1])
return 1`
const LET_GO = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** A Redis that is empty or folded from another log is cleared of the projection and taken over, by one of many that try. */
export async function ownStore(redis: Redis, logId: string, partitions: readonly Partition[], clock: Clock): Promise<void> {
  while ((await redis.get(projectionKeys.logId)) !== logId) {
    const token = randomUUID()
    if ((await redis.set(projectionKeys.wiping, token, 'PX', HOLD_MS, 'NX')) !== 'OK') {
      await clock.sleep(WAIT_FOR_WIPE_MS)
      continue
    }
    try {
      // Taken between the look and the token: then there is nothing to wipe.
      if ((await redis.get(projectionKeys.logId)) === logId) continue
      if (!(await removeProjection(redis, token, HOLD_MS))) continue
      await redis.eval(TAKE, 3, projectionKeys.wiping, projectionKeys.logId, projectionKeys.rebuilding, token, logId, ...partitions)
    } finally {
      await redis.eval(LET_GO, 1, projectionKeys.wiping, token)
    }
  }
}
