import { expect, it, onTestFinished, vi } from 'vitest'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { TooManyRequestsError } from '../../../server/platform/errors.ts'
import { createRedis } from '../../../server/platform/redis.ts'
import { createLookUpLimit, MISSES_PER_HOUR } from './look-up-limit.ts'

const SOURCE = '203.0.113.7'

function limitOf(redisUrl: string) {
  const redis = createRedis(redisUrl, { commandTimeoutMs: 2_000, connectionName: 'test' })
  onTestFinished(() => redis.disconnect())
  return { redis, limit: createLookUpLimit(redis) }
}

it('api processes count together, and one mistake told to both is one @reads @nodes', async () => {
  const redisUrl = await freshRedis()
  const [one, two] = [limitOf(redisUrl), limitOf(redisUrl)]
  for (const { redis } of [one, two]) await vi.waitFor(() => redis.ping(), { timeout: 20_000, interval: 20 })
  for (let index = 0; index < MISSES_PER_HOUR; index++) {
    await (index % 2 ? one : two).limit.missed(SOURCE, `question ${index}`)
    await (index % 2 ? two : one).limit.missed(SOURCE, `question ${index}`)
    if (index < MISSES_PER_HOUR - 1) await one.limit.check(SOURCE)
  }
  for (const { limit } of [one, two]) await expect(limit.check(SOURCE)).rejects.toThrow(TooManyRequestsError)
  await one.limit.check('203.0.113.8')

  await one.limit.matched(SOURCE, '4100-1')
  await two.limit.matched(SOURCE, '4100-1')
  await two.limit.check(SOURCE)
  await two.limit.missed(SOURCE, 'another question')
  await expect(one.limit.check(SOURCE)).rejects.toThrow(TooManyRequestsError)
  expect((await one.redis.keys('guest:*')).join(), 'no account is named').not.toContain('4100')
})

it('with Redis dead the process counts by itself @reads', async () => {
  const { limit } = limitOf('redis://127.0.0.1:9')
  for (let index = 0; index < MISSES_PER_HOUR; index++) await limit.missed(SOURCE, `question ${index}`)
  await expect(limit.check(SOURCE)).rejects.toThrow(TooManyRequestsError)
})
