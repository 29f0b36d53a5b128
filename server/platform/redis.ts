import { Redis } from 'ioredis'

export interface RedisOptions {
  /** Milliseconds for one command; then it rejects, whether or not Redis did it. */
  commandTimeoutMs: number
  connectionName: string
}

/** A server that went without closing its connections (a failover) is told by its silence. */
const SILENT_AT_LEAST_MS = 2_000
const RECONNECT_FIRST_MS = 50
const RECONNECT_MOST_MS = 2_000

/**
 * A client that never throws because Redis is down: it reconnects for ever, with jitter, also when the server falls silent,
 * and while it is away each command rejects at once instead of queueing.
 */
export function createRedis(redisUrl: string, { commandTimeoutMs, connectionName }: RedisOptions): Redis {
  const redis = new Redis(redisUrl, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    socketTimeout: Math.max(commandTimeoutMs, SILENT_AT_LEAST_MS),
    connectionName,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.ceil(Math.random() * Math.min(RECONNECT_MOST_MS, RECONNECT_FIRST_MS * 2 ** Math.min(times, 10))) + 10,
  })
  redis.on('error', () => undefined)
  return redis
}

/**
 * Compares versions byte by byte: Lua's own `<` obeys the server's locale.
 * Prepended to each script that needs it.
 */
export const LUA_IS_BEFORE = `local function isBefore(a, b)
  local shorter = math.min(#a, #b)
  for index = 1, shorter do
    local x, y = string.byte(a, index), string.byte(b, index)
    if x ~= y then return x < y end
  end
  return #a < #b
end`
