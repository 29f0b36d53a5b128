import { vi } from 'vitest'
import type { Account } from '../../../domain/account.ts'
import { type Clock, systemClock, systemRandom } from '../../../domain/clock.ts'
import type { Me } from '../../../domain/me.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { grantAccess } from '../../../server/access/grant-access.ts'
import type { Act } from '../../../server/audit/record-acts.ts'
import type { Customer } from '../../../server/identity/customers/customer-sessions.ts'
import { createLogger } from '../../../server/platform/logger.ts'
import { postgresPositions, redisPositions } from '../../../server/platform/projection-state.ts'
import { createReadSources, type ReadSources } from '../../../server/platform/read-sources.ts'
import { utility } from '../../../utility.config.ts'
import { PROJECTED_TOPICS, partitionsOf, startProjector } from '../../projector/start-projector.ts'
import { openDoor, type TestDoor } from '../door/door-fixture.ts'
import { registerReads } from './register-reads.ts'

const NOWHERE = { databaseUrl: 'postgresql://nobody:none@127.0.0.1:1/none', redisUrl: 'redis://127.0.0.1:9' }
const PATIENTLY = { timeout: 20_000, interval: 20 }

export const newId = (): string => uuidV7(systemClock, systemRandom)

/** Who is signed in by the cookie `who={name}`. */
export function someCustomer(name: string): Customer {
  return { loginId: newId(), email: `${name}@example.com`, sessionId: newId(), signedInAt: new Date().toISOString() }
}

/** A log, what is folded from it into both stores, and doors that read one of them, both or none. */
export async function meFixture(customers: Record<string, Customer>, stores: { databaseUrl: string; redisUrl: string }) {
  const clock = { ...systemClock, aheadMs: 0, nowMs: (): number => systemClock.nowMs() + clock.aheadMs } satisfies Clock & { aheadMs: number }
  const acts: Act[] = []
  const erased: string[] = []
  const open: { door: TestDoor; sources: ReadSources }[] = []
  const openOver = async (urls: typeof stores, log?: TestDoor['log']): Promise<TestDoor> => {
    const sources = createReadSources(urls)
    const find = (headers: Headers) => Promise.resolve(customers[/^who=(\w+)$/.exec(headers.get('cookie') ?? '')?.[1] ?? ''] ?? null)
    const door: TestDoor = await openDoor({
      alsoServe: (api) =>
        registerReads(api, {
          sources, clock, utility, customers: { find }, publicUrl: 'https://portal.example', log: { append: (events) => (log ?? door.log).append(events) },
          acts: { check: () => undefined, take: (act) => void acts.push(act), append: () => Promise.reject(new Error('unused')), close: () => Promise.resolve() },
          eraseLogin: (loginId) => Promise.resolve(void erased.push(loginId)),
          tokens: { require: () => { throw new Error('unused') } }, audit: { check: () => undefined, take: () => undefined, close: () => Promise.resolve() }, guestActorKey: new Uint8Array(32),
        }),
    })
    open.push({ door, sources })
    return door
  }
  const both = await openOver(stores)
  const { log } = both
  const stopProjector = await startProjector({ log, ...stores, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), checkEveryMs: 20 })
  const doors = { both, redisOnly: await openOver({ ...NOWHERE, redisUrl: stores.redisUrl }, log), postgresOnly: await openOver({ ...NOWHERE, databaseUrl: stores.databaseUrl }, log), none: await openOver(NOWHERE, log) }
  const { sources } = open[0]!

  /** Both stores have all that the log has. */
  const folded = async (): Promise<void> => {
    const partitions = await partitionsOf(log, PROJECTED_TOPICS)
    const ends = await Promise.all(partitions.map((partition) => log.end(partition)))
    await vi.waitFor(async () => {
      const [inRedis, inPostgres] = [await redisPositions(sources.redis.client, partitions, log.logId), await postgresPositions(sources.prisma.client, partitions, log.logId)]
      if (JSON.stringify([inRedis, inPostgres]) !== JSON.stringify([ends, ends])) throw new Error('not folded yet')
    }, PATIENTLY)
  }
  const ask = (door: TestDoor, who: string | null, path = '', init: RequestInit & { body?: string } = {}): Promise<Response> =>
    fetch(`${door.url}/api/v1/me${path}`, { ...init, headers: { ...(who === null ? {} : { cookie: `who=${who}` }), ...(init.headers as Record<string, string>) } })

  return {
    log, clock, doors, acts, erased, sources, folded, ask,
    send: (who: string, method: 'PUT' | 'POST', path: string, body: unknown, headers: Record<string, string> = { origin: 'https://portal.example' }) =>
      ask(both, who, path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
    me: async (door: TestDoor, who: string): Promise<Me> => (await vi.waitFor(async () => {
      const response = await ask(door, who)
      if (response.status !== 200) throw new Error(`answered ${response.status}`)
      return response.json()
    }, PATIENTLY)) as Me,
    grant: (customer: Customer, account: Account, how: 'sign-up' | 'invitation' = 'sign-up', role: 'owner' | 'may-report' = 'owner') =>
      grantAccess({ log, clock, utility }, { grantId: newId(), loginId: customer.loginId, account, role, how, by: customer.loginId }),
    close: async () => {
      await stopProjector()
      for (const { door, sources: held } of open.reverse()) {
        await door.close()
        await held.close()
      }
    },
  }
}
export type MeFixture = Awaited<ReturnType<typeof meFixture>>
