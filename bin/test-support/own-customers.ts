import { join } from 'node:path'
import { vi } from 'vitest'
import { type Account } from '../../domain/account.ts'
import { type Clock, systemClock, systemRandom } from '../../domain/clock.ts'
import { PROJECTED_TOPICS, partitionsOf, startProjector } from '../../processes/projector/start-projector.ts'
import { sampleNewEvent } from '../../processes/projector/sample-events.ts'
import type { Act } from '../../server/audit/record-acts.ts'
import { createCustomerAuth, type CustomerAuth } from '../../server/identity/customers/customer-auth.ts'
import { createCustomerLimits } from '../../server/identity/customers/customer-limits.ts'
import { followRevocations } from '../../server/identity/revocations.ts'
import type { PasswordHasher } from '../../server/identity/password-hasher.ts'
import type { SessionCookie } from '../../server/identity/session-cookie.ts'
import type { Message } from '../../server/messages/message.ts'
import { queueMessages } from '../../server/messages/message-queue.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { createDatabase } from '../../server/platform/database.ts'
import type { GuardedStore } from '../../server/platform/guarded-store.ts'
import type { ReadSources } from '../../server/platform/read-sources.ts'
import { createRedis } from '../../server/platform/redis.ts'
import { postgresPositions, redisPositions } from '../../server/platform/projection-state.ts'
import { utility } from '../../utility.config.ts'
import { freshDatabase } from './fresh-database.ts'
import { freshRedis } from './fresh-redis.ts'
import { quickPasswords } from './quick-passwords.ts'
import { temporaryFolder } from './temporary-folder.ts'

const SESSION_SECRET = 'a secret of the test, long enough to be one'
/** Nothing listens on port 1: what a dead Postgres looks like from here. */
export const DEAD_DATABASE = 'postgresql://nobody@127.0.0.1:1/none'
const PATIENTLY = { timeout: 20_000, interval: 20 }
const STORE_WITHIN_MS = 20_000

/** Customers' identity over a log, a Postgres and a Redis of the test's own, folded as in the portal; what would be sent is kept. */
export async function ownCustomers(accounts: readonly Account[], { passwords = quickPasswords }: { passwords?: PasswordHasher } = {}) {
  const stores = { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() }
  const clock = { ...systemClock, aheadMs: 0, nowMs: (): number => systemClock.nowMs() + clock.aheadMs } satisfies Clock & { aheadMs: number }
  const logger = createLogger('test', 'silent')
  const logUrl = `sqlite:${join(temporaryFolder(), 'log.sqlite')}`
  const openLog = () => openEventLog({ url: logUrl, clock: systemClock, region: 'test', node: 'test' })
  const log = await openLog()
  const sources = await patientSources(stores)
  const stopProjector = await startProjector({ log, ...stores, clock: systemClock, random: systemRandom, logger, checkEveryMs: 20 })
  const messages: Message[] = []
  const acts: Act[] = []
  const closing: (() => Promise<unknown> | void)[] = [() => log.close(), () => sources.close()]

  /** Another process of the portal, with its own fold of the log. */
  const anotherProcess = async ({ databaseUrl = stores.databaseUrl, publicUrl = 'http://localhost:3000' } = {}): Promise<CustomerAuth> => {
    const own = await openLog()
    const revocations = followRevocations({ log: () => Promise.resolve(own), clock, random: systemRandom, logger })
    const queue = queueMessages({ sender: { send: (message) => Promise.resolve(void messages.push(message)), close: () => undefined }, clock, random: systemRandom, logger })
    const customers = createCustomerAuth({
      databaseUrl, sessionSecret: SESSION_SECRET, publicUrl, answersWithinMs: STORE_WITHIN_MS, passwords, utility, sources, log: own, revocations, limits: createCustomerLimits(null), messages: queue,
      audit: { take: (act) => void acts.push(act) }, clock, random: systemRandom, logger,
    })
    closing.unshift(() => revocations.close(), () => queue.close(), () => customers.close(), () => own.close())
    return customers
  }

  /** Both stores have all that the log has. */
  const folded = async (): Promise<void> => {
    const partitions = await partitionsOf(log, PROJECTED_TOPICS)
    const ends = await Promise.all(partitions.map((partition) => log.end(partition)))
    await vi.waitFor(async () => {
      const found = [await redisPositions(sources.redis.client, partitions, log.logId), await postgresPositions(sources.prisma.client, partitions, log.logId)]
      if (JSON.stringify(found) !== JSON.stringify([ends, ends])) throw new Error('not folded yet')
    }, PATIENTLY)
  }

  await log.append(accounts.map(sampleNewEvent))
  await folded()
  return {
    ...stores, clock, log, sources, messages, acts, folded, anotherProcess,
    customers: await anotherProcess(),
    close: async () => {
      await stopProjector()
      for (const close of closing) await close()
    },
  }
}

/** Without breakers: how long a busy machine takes is not what is tested here. */
async function patientSources({ databaseUrl, redisUrl }: { databaseUrl: string; redisUrl: string }): Promise<ReadSources> {
  const redis = createRedis(redisUrl, { commandTimeoutMs: STORE_WITHIN_MS, connectionName: 'test' })
  if (redis.status !== 'ready') await new Promise<void>((resolve) => void redis.once('ready', () => resolve()))
  const database = createDatabase(databaseUrl, { connectTimeoutMs: STORE_WITHIN_MS, queryTimeoutMs: STORE_WITHIN_MS, connections: 4 })
  const signal = new AbortController().signal
  const unguarded = <C>(client: C): GuardedStore<C> => ({ client, use: (work) => work(client, signal) })
  return {
    redis: unguarded(redis),
    prisma: unguarded(database),
    close: async () => {
      redis.disconnect()
      await database.$disconnect()
    },
  }
}

/** The cookies as a browser sends them. */
export function requestWith(cookies: readonly SessionCookie[], more: Record<string, string> = {}): Headers {
  const kept = cookies.filter(({ options }) => options.maxAge !== 0)
  return new Headers({ ...more, cookie: kept.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ') })
}

/** Whether a verb answered with the cookies of a session. */
export function isSignedIn(cookies: readonly SessionCookie[]): boolean {
  return ['session_token', 'session_data'].every((name) => cookies.some((cookie) => cookie.name.endsWith(`.${name}`) && cookie.value !== ''))
}
