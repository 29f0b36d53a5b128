import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { type Clock, systemClock, systemRandom } from '../../domain/clock.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { grantAccess } from '../../server/access/grant-access.ts'
import { eraseLogin } from '../../server/identity/customers/erase-login.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { createReadSources } from '../../server/platform/read-sources.ts'
import { appendOnce } from '../../server/profile/complete-erasure.ts'
import { sha256 } from '../../server/platform/hash.ts'
import { utility } from '../../utility.config.ts'
import { sampleAccount } from '../projector/sample-events.ts'
import { startProjector } from '../projector/start-projector.ts'
import { runErasureReactor } from './erasure-reactor.ts'

const newId = () => uuidV7(systemClock, systemRandom)
const logger = createLogger('test', 'silent')

/** A login with access to an account, which has asked to be forgotten; then the door was killed. */
async function cutOff(askedAgoMs: number) {
  const [databaseUrl, redisUrl] = await Promise.all([freshDatabase(), freshRedis()])
  const log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
  const sources = createReadSources({ databaseUrl, redisUrl })
  const stopProjector = await startProjector({ log, databaseUrl, redisUrl, clock: systemClock, random: systemRandom, logger, checkEveryMs: 20 })
  onTestFinished(async () => {
    await stopProjector()
    await sources.close()
    await log.close()
  })
  const loginId = newId()
  const { client } = sources.prisma
  await client.customerLogin.create({ data: { id: loginId, name: 'dora', email: 'dora@example.com', createdAt: new Date(), updatedAt: new Date() } })
  await grantAccess({ log, clock: systemClock, utility }, { grantId: newId(), loginId, account: sampleAccount(1), role: 'owner', how: 'sign-up', by: loginId })
  const requestId = newId()
  await appendOnce(log, { id: requestId, type: 'erasure.requested.v1', key: loginId, bodyHash: sha256(loginId), data: { requestId, loginId, at: new Date().toISOString() } })
  await vi.waitFor(async () => expect(await Promise.all([client.erasure.count(), client.access.count()])).toEqual([1, 1]), { timeout: 20_000, interval: 20 })

  const stop = new AbortController()
  let looks = 0
  const clock: Clock = {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + askedAgoMs,
    sleep: async () => {
      looks++
      if (looks === 2) stop.abort()
    },
  }
  await runErasureReactor({ log, sources, clock, random: systemRandom, logger, signal: stop.signal, eraseLogin: (id) => eraseLogin(sources, id) })
  const told: unknown[] = []
  for (const partition of ['identity/0', 'ops/0'] as const) {
    for await (const batch of log.read(partition, null, { signal: new AbortController().signal, follow: false })) {
      told.push(...batch.filter(({ first }) => first).map(({ envelope: { type, data } }) => ({ type, ...data })))
    }
  }
  return { loginId, logins: await client.customerLogin.count(), told }
}

it('completes an erasure whose process was killed over it, once @identity', async () => {
  const { loginId, logins, told } = await cutOff(61_000)
  expect(logins).toBe(0)
  expect(told).toMatchObject([
    { type: 'access.granted.v1' },
    { type: 'erasure.requested.v1' },
    { type: 'access.ended.v1', loginId, accountNumber: sampleAccount(1).accountNumber, reason: 'erased' },
    { type: 'sessions.revoked.v1', personId: loginId, sessionId: null, why: 'erased' },
  ])
}, 60_000)

it('leaves one alone that may still be under way @identity', async () => {
  const { logins, told } = await cutOff(30_000)
  expect(logins).toBe(1)
  expect(told).toHaveLength(2)
}, 60_000)
