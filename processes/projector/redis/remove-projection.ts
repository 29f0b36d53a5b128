import type { Redis } from 'ioredis'
import { projectionKeys } from '../../../server/platform/projection-state.ts'

const OWNED = ['account:', 'account-by:', 'accounts:', 'report:', 'report-fold:', 'reports:', 'account-reports:', 'account-desk:', 'access:', 'access-logins:', 'profile:', 'erasures', 'projection:']

/** A projector that was asleep while another wiped and began to fold must not remove what that one has folded. */
const REMOVE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for index = 2, #KEYS do redis.call('UNLINK', KEYS[index]) end
return 1`

/**
 * Removes what the projection owns and nothing else, while `token` stands under `projection:wiping`:
 * the log's name first, so that a half-removed one is begun again.
 * @param holdMs how long the token is kept from one step to the next, milliseconds
 * @returns false when the token was lost on the way
 */
export async function removeProjection(redis: Redis, token: string, holdMs: number): Promise<boolean> {
  const remove = async (keys: readonly string[]): Promise<boolean> => (await redis.eval(REMOVE, 1 + keys.length, projectionKeys.wiping, ...keys, token, holdMs)) === 1
  if (!(await remove([projectionKeys.logId]))) return false
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 2_000)
    const owned = keys.filter((key) => key !== projectionKeys.wiping && OWNED.some((prefix) => key.startsWith(prefix)))
    if (!(await remove(owned))) return false
    cursor = next
  } while (cursor !== '0')
  return true
}
