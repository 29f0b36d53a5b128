import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { cacheKeys } from './cache-keys.ts'

/** Somebody else builds a generation. */
export class BuildUnderWayError extends Error {
  override name = 'BuildUnderWayError'
}

/** The lease has ended, or Redis was cleared: what was built counts for nothing. */
export class GenerationLostError extends Error {
  override name = 'GenerationLostError'
}

export interface BuildLease {
  token: string
  generation: string
}

/** Renewed by each command of a build; longer than any rest of its holder, so that only a dead or suspended one loses it. */
export const LEASE_MS = 30_000

/** Lua: whether the lease is the caller's, which renews it. KEYS: generations, lease; ARGV[1] token, ARGV[2] generation, the last one LEASE_MS. */
export const LUA_IS_MINE = `local function isMine()
  if redis.call('GET', KEYS[2]) ~= ARGV[1] or redis.call('HGET', KEYS[1], 'building') ~= ARGV[2] then return false end
  redis.call('PEXPIRE', KEYS[2], ARGV[#ARGV])
  return true
end`

/** From here on changes are written to it too. */
const BEGIN = `if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], 'building', ARGV[2])
redis.call('HSET', 'accounts:' .. ARGV[2] .. ':about', 'accounts', 0, 'startedAt', ARGV[3])
return 1`

const RENEW = `${LUA_IS_MINE}
return isMine() and 1 or 0`

/** Without the lease, for it may have ended: what is called building is this one's alone. */
const END = `if redis.call('HGET', KEYS[1], 'building') == ARGV[2] then redis.call('HDEL', KEYS[1], 'building') end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1`

/** @throws BuildUnderWayError */
export async function beginBuild(redis: Redis, startedAt: string): Promise<BuildLease> {
  const token = randomUUID()
  const lease = { token, generation: `${Date.parse(startedAt).toString(36)}${token.slice(0, 4)}` }
  const begun = await redis.eval(BEGIN, 2, cacheKeys.generations, cacheKeys.buildLease, token, lease.generation, startedAt, LEASE_MS)
  if (begun !== 1) throw new BuildUnderWayError('Another generation of the account cache is being built')
  return lease
}

/** @throws GenerationLostError */
export async function renewBuild(redis: Redis, { token, generation }: BuildLease): Promise<void> {
  const held = await redis.eval(RENEW, 2, cacheKeys.generations, cacheKeys.buildLease, token, generation, LEASE_MS)
  if (held !== 1) throw new GenerationLostError('The lease on the generation that is being built has ended')
}

/** After a flip, too: then it is called building no more. */
export async function endBuild(redis: Redis, { token, generation }: BuildLease): Promise<void> {
  await redis.eval(END, 2, cacheKeys.generations, cacheKeys.buildLease, token, generation)
}
