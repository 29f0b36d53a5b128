import { expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { systemClock } from '../../domain/clock.ts'
import { foldBatch } from '../../processes/projector/fold-batch.ts'
import { createPostgresProjection } from '../../processes/projector/postgres/postgres-projection.ts'
import { createRedisProjection } from '../../processes/projector/redis/redis-projection.ts'
import { sampleAccount, sampleClosing, sampleEvent, sampleRecords } from '../../processes/projector/sample-events.ts'
import type { Partition } from '../platform/event-log/event-log.ts'
import { createReadSources, type ReadSources } from '../platform/read-sources.ts'
import { findAccounts, findNumbers } from './find-accounts.ts'
import { buildGeneration } from './generations.ts'
import { getAccount } from './get-account.ts'
import { lookUpAccounts, type AccountLookUp } from './look-up-accounts.ts'

const PARTITION: Partition = 'accounts/0'
const NOWHERE = { redisUrl: 'redis://127.0.0.1:1', databaseUrl: 'postgresql://nobody:none@127.0.0.1:1/none' }
const within = { timeout: 20_000, interval: 20 }
const account = sampleAccount(1)
const facts: AccountLookUp[] = [
  { phone: account.personal.phones[0]! }, { email: account.personal.email! }, { meterNumber: account.meterNumber },
  { servicePoint: account.servicePoint }, { address: account.personal.address.line1 }, { address: '' }, { meterNumber: '' },
]

async function foundIn(sources: ReadSources): Promise<number> {
  const asked = { accountNumber: account.accountNumber }
  const answers = [
    (await getAccount(sources, account.accountNumber)) ? 1 : 0,
    (await findNumbers(sources, [account.accountNumber]).catch(() => new Map())).size,
    ...(await findAccounts(sources, [asked, ...facts.filter((by) => 'phone' in by || 'address' in by)])).map(({ length }) => length),
    ...(await Promise.all(facts.map(async (by) => (await lookUpAccounts(sources, by)).length))),
  ]
  return answers.reduce((sum, each) => sum + each, 0)
}

it('a closed account is found by nothing, in Postgres, in Redis and in a generation built anew, until it comes back @projector', async () => {
  const stores = { redisUrl: await freshRedis(), databaseUrl: await freshDatabase() }
  const postgresAlone = createReadSources({ ...NOWHERE, databaseUrl: stores.databaseUrl })
  const redisAlone = createReadSources({ ...NOWHERE, redisUrl: stores.redisUrl })
  const projections = [
    createPostgresProjection({ databaseUrl: stores.databaseUrl, logId: 'log', clock: systemClock }),
    createRedisProjection({ redisUrl: stores.redisUrl, logId: 'log', clock: systemClock, partitions: [PARTITION] }),
  ]
  const fold = async (order: number, data: Parameters<typeof sampleEvent>[1]) => {
    for (const projection of projections) {
      const expected = await projection.load(PARTITION)
      await projection.apply({ partition: PARTITION, expected, next: String(order), newestAt: '2026-01-31T05:00:00.000Z' }, foldBatch(sampleRecords([sampleEvent(order, data)])))
      await projection.caughtUp(PARTITION)
    }
    const lookedUp = async () => {
      const [inPostgres, inRedis] = [await foundIn(postgresAlone), await foundIn(redisAlone)]
      return { inPostgres: inPostgres > 0, inRedis: inRedis > 0 }
    }
    const folded = await lookedUp()
    if (!('accountNumber' in data) || 'personal' in data) return folded
    const log = { logId: 'log', partitions: () => Promise.resolve([PARTITION]), end: () => Promise.resolve(String(order)), countAfter: () => Promise.resolve(0) }
    const built = await buildGeneration({ ...stores, log, clock: systemClock, waitMs: 0, accept: true })
    return { ...folded, flipped: built.flipped, accounts: built.accounts, anew: await lookedUp() }
  }
  try {
    await vi.waitFor(() => postgresAlone.prisma.use((database) => database.account.count()), within)
    await vi.waitFor(() => redisAlone.redis.use((redis) => redis.dbsize()), within)
    const [open, none] = [{ inPostgres: true, inRedis: true }, { inPostgres: false, inRedis: false }]
    expect(await fold(1, account)).toEqual(open)
    expect(await fold(2, sampleClosing(1))).toEqual({ ...none, flipped: true, accounts: 0, anew: none })
    expect(await fold(3, account)).toEqual(open)
  } finally {
    for (const each of [...projections, postgresAlone, redisAlone]) await each.close()
  }
}, 60_000)
