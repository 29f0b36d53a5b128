import type { Redis } from 'ioredis'
import { cacheKeys } from './cache-keys.ts'

const SCAN_KEYS = 250

/** Looks again what stands, for a generation may have begun since. KEYS: generations, then keys of the cache; ARGV: the generation of each. */
const SWEEP = `local stands = {}
for _, generation in ipairs(redis.call('HVALS', KEYS[1])) do stands[generation] = true end
local removed = 0
for index = 2, #KEYS do
  if not stands[ARGV[index - 1]] then removed = removed + redis.call('UNLINK', KEYS[index]) end
end
return removed`

/**
 * Removes every generation that is neither live nor pinned nor being built: those that were replaced, refused, or left by a build
 * that died. Begun again, it goes on.
 */
export async function sweepGenerations(redis: Redis): Promise<number> {
  const standing = new Set(Object.values(await redis.hgetall(cacheKeys.generations)))
  let removed = 0
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', 'accounts:*:*', 'COUNT', SCAN_KEYS)
    const gone = keys.filter((key) => !standing.has(generationOf(key)))
    if (gone.length > 0) removed += Number(await redis.eval(SWEEP, 1 + gone.length, cacheKeys.generations, ...gone, ...gone.map(generationOf)))
    cursor = next
  } while (cursor !== '0')
  return removed
}

function generationOf(key: string): string {
  return key.split(':')[1]!
}
