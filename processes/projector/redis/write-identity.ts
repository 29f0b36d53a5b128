import type { ChainableCommander, Redis } from 'ioredis'
import { accessKeys } from '../../../server/access/access-keys.ts'
import { fenceKeys, fenceValues, LUA_IS_FENCED, type ProjectionFence } from '../../../server/platform/projection-state.ts'
import { LUA_IS_BEFORE } from '../../../server/platform/redis.ts'
import { profileKeys } from '../../../server/profile/profile-keys.ts'
import type { FoldedBatch } from '../fold-batch.ts'

/** KEYS: the record's hash, fence, and beside it: the logins of an account, the erasures, or a person's profile. ARGV: fence, kind, field, version, record. */
const FOLD = `${LUA_IS_BEFORE}
${LUA_IS_FENCED}
if KEYS[2] ~= '' and isFenced() then return -1 end
local hash, beside, kind, field, version, record, member = KEYS[1], KEYS[4], unpack(ARGV, 3, 7)
local held = redis.call('HGET', hash, field)
local heldVersion = held and cjson.decode(held).version
if kind == 'access' then
  if held and not isBefore(heldVersion, version) then return 0 end
  redis.call('SADD', beside, member)
elseif kind == 'erasure' then
  redis.call('DEL', beside)
  if held and not isBefore(version, heldVersion) then return 0 end
elseif held or redis.call('HEXISTS', beside, member) == 1 then
  return 0
end
redis.call('HSET', hash, field, record)
return 1`

interface WithFoldIdentity {
  foldIdentity(keys: number, ...parameters: string[]): unknown
}

const defined = new WeakSet<Redis>()

/**
 * Folds access, profiles and erasures into Redis, in one pipeline; each is atomic and may come again, in any order.
 * @returns false when the projection had moved away from the fence: what came after that is not folded
 */
export async function writeIdentity(redis: Redis, { access, profileChanges, erasures }: Pick<FoldedBatch, 'access' | 'profileChanges' | 'erasures'>, fence?: ProjectionFence): Promise<boolean> {
  if (access.length + profileChanges.length + erasures.length === 0) return true
  if (!defined.has(redis)) {
    redis.defineCommand('foldIdentity', { lua: FOLD })
    defined.add(redis)
  }
  const [keys, values] = fence ? [fenceKeys(fence), fenceValues(fence)] : [['', ''], ['', '']]
  const pipeline = redis.pipeline()
  const folds = pipeline as ChainableCommander & WithFoldIdentity
  for (const record of access) {
    const { loginId, accountKey, version } = record
    folds.foldIdentity(4, accessKeys.ofLogin(loginId), ...keys, accessKeys.loginsOf(accountKey), ...values, 'access', accountKey, version, JSON.stringify(record), loginId)
  }
  for (const record of erasures) {
    const { loginId, version } = record
    folds.foldIdentity(4, profileKeys.erasures, ...keys, profileKeys.ofLogin(loginId), ...values, 'erasure', loginId, version, JSON.stringify(record), loginId)
  }
  for (const record of profileChanges) {
    const { stepId, version, change: { loginId } } = record
    folds.foldIdentity(4, profileKeys.ofLogin(loginId), ...keys, profileKeys.erasures, ...values, 'profile', stepId, version, JSON.stringify(record), loginId)
  }
  const answers = (await pipeline.exec()) ?? []
  for (const [error] of answers) if (error) throw error
  return !answers.some(([, answer]) => answer === -1)
}
