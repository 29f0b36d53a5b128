import type { Redis } from 'ioredis'
import { projectionKeys } from '../../../server/platform/projection-state.ts'

const OWNED = ['account:', 'account-by:', 'accounts:', 'report:', 'report-fold:', 'reports:', 'projection:']

/** Removes what the projection owns and nothing else: the log's name first, so that a half-removed one is begun again. */
export async function removeProjection(redis: Redis): Promise<void> {
  await redis.del(projectionKeys.logId)
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 2_000)
    const owned = keys.filter((key) => key !== projectionKeys.wiping && OWNED.some((prefix) => key.startsWith(prefix)))
    if (owned.length > 0) await redis.unlink(...owned)
    cursor = next
  } while (cursor !== '0')
}
