import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { writeCrc64 } from './crc64.ts'
import { ListpackDump } from './listpack-dump.ts'

let redis: Redis
beforeAll(async () => {
  redis = new Redis(await freshRedis())
})
afterAll(() => redis.disconnect())

const lengths = [1, 4, 23, 24, 25, 63, 64, 65, 126, 127, 128, 300, 4_000, 4_096, 20_000]
/** No two bytes of a digit: Redis keeps those as numbers. */
const text = (length: number) => Buffer.from(`x${randomBytes(length).toString('hex')}`).subarray(0, length)

describe('a dump of a listpack @cache', () => {
  it('ends with the CRC-64 of Redis', () => {
    const bytes = Buffer.alloc(17)
    bytes.write('123456789')
    writeCrc64(bytes, 9)
    expect(bytes.readBigUInt64LE(9)).toBe(0xe9c6d914c4b8d9can)
  })

  it('is a hash as Redis itself keeps it', async () => {
    const dump = new ListpackDump()
    for (const length of lengths) {
      const [key, record] = [text(7), text(length)]
      dump.begin('hash')
      dump.element(key, 0, key.length)
      dump.element(Buffer.concat([Buffer.from('ab'), record, Buffer.from('cd')]), 2, 2 + length)
      await redis.config('SET', 'hash-max-listpack-value', 65_536)
      await redis.callBuffer('RESTORE', `ours:${length}`, '0', dump.finish())
      await redis.hset(`theirs:${length}`, key, record)
      expect(await redis.dumpBuffer(`ours:${length}`), `${length} bytes`).toEqual(await redis.dumpBuffer(`theirs:${length}`))
      expect(await redis.hgetallBuffer(`ours:${length}`)).toEqual(await redis.hgetallBuffer(`theirs:${length}`))
      expect(await redis.object('ENCODING', `ours:${length}`)).toBe('listpack')
    }
  })

  it('is a sorted set as Redis itself keeps it, to which it adds and from which it takes', async () => {
    const members = Array.from({ length: 200 }, () => randomBytes(11)).sort((one, other) => Buffer.compare(one, other))
    const dump = new ListpackDump()
    dump.begin('sortedSet')
    for (const member of members) {
      dump.element(member, 0, 4, 4, member.length)
      dump.zero()
    }
    await redis.callBuffer('RESTORE', 'ours', '0', dump.finish())
    await redis.zadd('theirs', ...members.flatMap((member) => [0, member]))
    expect(await redis.dumpBuffer('ours')).toEqual(await redis.dumpBuffer('theirs'))
    await redis.zadd('ours', 0, members[7]!)
    expect(await redis.zcard('ours')).toBe(200)
    await redis.zrem('ours', members[7]!)
    expect(await redis.zscore('ours', members[7]!)).toBeNull()
    expect(await redis.zscore('ours', members[8]!)).toBe('0')
  })
})
