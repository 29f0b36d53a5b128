import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { accountsFromRedis } from '../account-cache.ts'
import { Pace } from './pace.ts'

/** One look is due in each of them. */
const TURN_MS = 200

it('looks how readers fare while somebody asks for accounts, and neither looks nor rests while nobody does', async () => {
  const redis = new Redis(await freshRedis())
  onTestFinished(() => redis.disconnect())
  const figures = () => redis.info('commandstats')
  await accountsFromRedis(redis, ['4100000001'])
  const before = await figures()
  await accountsFromRedis(redis, ['4100000001'])
  const after = await figures()

  // What Redis has told, at moments of this test's own, for others use it too; a pace asks nothing else of it.
  let told: string | Error = before
  let looks = 0
  const server = {
    info: async () => {
      if (told instanceof Error) throw told
      return told
    },
    ping: () => {
      looks++
      return Promise.resolve('PONG')
    },
  }
  let nowMs = 0
  let rests = 0
  const sleep = () => {
    rests++
    return Promise.resolve()
  }
  const pace = new Pace(server as unknown as Redis, { nowMs: () => nowMs, monotonicMs: () => nowMs, sleep })
  const turns = async (count: number) => {
    looks = rests = 0
    for (let turn = 0; turn < count; turn++) {
      nowMs += TURN_MS
      await pace.rest()
    }
    return { looks, rests }
  }
  expect(await turns(5)).toEqual({ looks: 0, rests: 0 })
  told = after
  expect(await turns(5)).toEqual({ looks: 5, rests: 1 })
  // Long after the last one asked.
  await turns(20)
  expect(await turns(5)).toEqual({ looks: 0, rests: 0 })
  // A user who may not know: somebody may be asking.
  told = await refusalOf(redis)
  expect((await turns(5)).looks).toBeGreaterThan(3)
})

/** As Redis words it to a user without the right. */
async function refusalOf(redis: Redis): Promise<Error> {
  const user = `blind-${process.pid}`
  await redis.acl('SETUSER', user, 'on', 'nopass', '~*', '+ping')
  const blind = redis.duplicate({ username: user, password: 'any', lazyConnect: true, enableReadyCheck: false })
  try {
    await blind.connect()
    return await blind.info('commandstats').then(() => new Error('It was told'), (error: Error) => error)
  } finally {
    blind.disconnect()
    await redis.acl('DELUSER', user)
  }
}
