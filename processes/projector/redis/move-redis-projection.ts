import { Redis } from 'ioredis'
import { projectionKeys } from '../../../server/platform/projection-state.ts'
import { LUA_IS_BEFORE } from '../../../server/platform/redis.ts'
import type { LogEnds, MoveOutcome } from '../projection-move.ts'

/** ARGV: both logs' ids and ends as JSON (partition → position, empty for none), and the beginning of a position's key. */
const MOVE = `${LUA_IS_BEFORE}
local logId, rebuilding, currentAt, wiping, prefix = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[5]
local from, to = cjson.decode(ARGV[2]), cjson.decode(ARGV[4])
local held = redis.call('GET', logId)
if not held then return 'empty' end
if held == ARGV[3] then return 'already-there' end
if held ~= ARGV[1] then return 'another-log' end
if redis.call('EXISTS', wiping) == 1 or redis.call('SCARD', rebuilding) > 0 then return 'behind' end
for partition, position in pairs(from) do
  if (redis.call('GET', prefix .. partition) or '') ~= position then return 'behind' end
end
local function topicOf(partition) return string.match(partition, '^[^/]*') end
local oldest, instants = {}, redis.call('HGETALL', currentAt)
for index = 1, #instants, 2 do
  local topic, instant = topicOf(instants[index]), instants[index + 1]
  if not oldest[topic] or isBefore(instant, oldest[topic]) then oldest[topic] = instant end
end
redis.call('DEL', currentAt)
for partition in pairs(from) do redis.call('DEL', prefix .. partition) end
for partition, position in pairs(to) do
  if position ~= '' then redis.call('SET', prefix .. partition, position) end
  local instant = oldest[topicOf(partition)]
  if instant then redis.call('HSET', currentAt, partition, instant) end
end
redis.call('SET', logId, ARGV[3])
return 'moved'`

/** Gives what Redis holds its place in a copy of the log that it is folded from, in one script. */
export async function moveRedisProjection(redisUrl: string, from: LogEnds, to: LogEnds): Promise<MoveOutcome> {
  const redis = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null, connectTimeout: 5_000, commandTimeout: 5_000 })
  redis.on('error', () => undefined)
  await redis.connect()
  try {
    const keys = [projectionKeys.logId, projectionKeys.rebuilding, projectionKeys.currentAt, projectionKeys.wiping]
    // The script has no other way to answer.
    return (await redis.eval(MOVE, keys.length, ...keys, from.logId, endsAsJson(from), to.logId, endsAsJson(to), projectionKeys.position(''))) as MoveOutcome
  } finally {
    redis.disconnect()
  }
}

function endsAsJson({ ends }: LogEnds): string {
  return JSON.stringify(Object.fromEntries([...ends].map(([partition, end]) => [partition, end ?? ''])))
}
