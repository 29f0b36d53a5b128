import { Redis } from 'ioredis'
import { Client } from 'pg'
import { tableDigests, type TableDigest } from './postgres/table-digests.ts'

/** All that is folded into a Redis, by key; where the projection stands is left out. */
export async function redisContents(redisUrl: string): Promise<Record<string, unknown>> {
  const redis = new Redis(redisUrl)
  try {
    const contents: Record<string, unknown> = {}
    for (const key of (await redis.keys('*')).filter((name) => !name.startsWith('projection:')).sort()) contents[key] = await valueOf(redis, key)
    return contents
  } finally {
    redis.disconnect()
  }
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'set':
      return (await redis.smembers(key)).sort()
    case 'zset':
      return bytesAsText(await redis.zrevrangeBuffer(key, 0, -1, 'WITHSCORES'))
    case 'hash':
      return pairs(bytesAsText((await redis.callBuffer('HGETALL', key)) as Buffer[])).sort(([a], [b]) => (a < b ? -1 : 1))
    default:
      return redis.get(key)
  }
}

/** A character for each byte: some values are not UTF-8. */
function bytesAsText(values: readonly Buffer[]): string[] {
  return values.map((value) => value.toString('latin1'))
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!])
}

/** A digest of each projected table. */
export async function postgresContents(databaseUrl: string): Promise<Record<string, TableDigest>> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return Object.fromEntries(await tableDigests(client, 'portal'))
  } finally {
    await client.end()
  }
}
