/** Keys of the account cache beside its records and facts. All begin with `accounts:`. */
export const cacheKeys = {
  /** Hash: `live`, `pinned` and `building` → name of a generation. */
  generations: 'accounts:generations',
  /** Token of who builds; while nobody does, what is called building is not written to. */
  buildLease: 'accounts:build-lease',
  /** Hash: `accounts` (open ones), and once it was built `startedAt`, `digest`, `validatedAt`. */
  about: (generation: string): string => `accounts:${generation}:about`,
  /** List of packed keys that others wrote while it was built. */
  changes: (generation: string): string => `accounts:${generation}:changes`,
} as const

/** Of a Redis in which nothing was built yet. */
const FIRST_GENERATION = '0'

/** Lua: the generation that answers. KEYS[1] is cacheKeys.generations in each script of the cache. */
export const LUA_LIVE = `local function liveGeneration() return redis.call('HGET', KEYS[1], 'live') or '${FIRST_GENERATION}' end`

/** Lua: every generation that a change is written to, the live one first; the last one says which of them is being built. */
export const LUA_WRITTEN = `local function writtenGenerations()
  local live, pinned, building = unpack(redis.call('HMGET', KEYS[1], 'live', 'pinned', 'building'))
  if not live then
    live = '${FIRST_GENERATION}'
    redis.call('HSET', KEYS[1], 'live', live)
  end
  if building and redis.call('EXISTS', '${cacheKeys.buildLease}') == 0 then building = nil end
  local written = { live }
  if pinned then written[#written + 1] = pinned end
  if building then written[#written + 1] = building end
  return written, building or nil
end`
