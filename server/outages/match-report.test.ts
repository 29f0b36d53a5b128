import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import type { Account } from '../../domain/account.ts'
import { systemClock, type Clock } from '../../domain/clock.ts'
import type { OutageReported } from '../../domain/event.ts'
import { applyRecords } from '../../processes/projector/apply-records.ts'
import { createPostgresProjection } from '../../processes/projector/postgres/postgres-projection.ts'
import { createRedisProjection } from '../../processes/projector/redis/redis-projection.ts'
import { sampleAccount, sampleNewEvent, sampleReport } from '../../processes/projector/sample-events.ts'
import { AccountsBehindError } from '../accounts/complete-sources.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { createReadSources, type ReadSources } from '../platform/read-sources.ts'
import { matchReport } from './match-report.ts'

const PARTITION = 'accounts/0'
const within = { timeout: 20_000, interval: 20 }
const SHARED = '+17075550142'
let log: EventLog
let stores: { databaseUrl: string; redisUrl: string }
let sources: ReadSources

beforeEach(async () => {
  log = await openEventLog({ url: `sqlite:${temporaryFolder()}/event-log.sqlite`, clock: systemClock, region: 'test', node: 'test' })
  stores = { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() }
  sources = createReadSources(stores)
  await vi.waitFor(() => sources.redis.client.ping(), within)
  await vi.waitFor(async () => sources.prisma.use((database) => database.account.count()), within)
})
afterEach(async () => {
  await sources.close()
  await log.close()
})

async function append(...accounts: Account[]): Promise<void> {
  await log.append(accounts.map(sampleNewEvent))
}

/** Brings one store to the log's end. */
async function fold(store: 'redis' | 'postgres'): Promise<void> {
  const shared = { logId: log.logId, clock: systemClock }
  const projection = store === 'redis' ? createRedisProjection({ ...shared, redisUrl: stores.redisUrl }) : createPostgresProjection({ ...shared, databaseUrl: stores.databaseUrl })
  let position = await projection.load(PARTITION)
  for await (const records of log.read(PARTITION, position, { signal: new AbortController().signal, follow: false })) {
    await applyRecords(projection, PARTITION, position, records, { applied: () => undefined, passedOver: (_, error) => expect.fail(String(error)) })
    position = records.at(-1)!.position
  }
  await projection.caughtUp(PARTITION)
  await projection.confirm(PARTITION, position)
  await projection.close()
}

async function matched(place: OutageReported['personal']['place'], { waitMs = 0, clock = systemClock, from = sources } = {}): Promise<string | null> {
  const report = sampleReport(1, { personal: { place, medicalEquipment: false } })
  const match = await matchReport({ sources: from, log, country: 'US' }, report, { waitMs, clock })
  return match && `${match.accountNumber} ${match.matchedBy}`
}

const withSharedPhone = (number: number) => sampleAccount(number, { personal: { phones: [SHARED] } })

describe('a match while accounts are on their way', () => {
  beforeEach(async () => {
    await append(withSharedPhone(1))
    await fold('redis')
    await fold('postgres')
    expect(await matched({ phone: SHARED })).toBe('4100-000001 phone')
    await append(withSharedPhone(2))
  })

  it('is not made by a phone that is shared with an account that no store has yet', async () => {
    await expect(matched({ phone: SHARED })).rejects.toThrow(AccountsBehindError)
    await expect(matched({ accountNumber: '4100-000009' })).rejects.toThrow(AccountsBehindError)
    expect(await matched({ accountNumber: '4100-000001' })).toBe('4100-000001 account-number')
  })

  it.each(['redis', 'postgres'] as const)('asks %s alone when that has them all', async (store) => {
    await fold(store)
    expect(await matched({ phone: SHARED })).toBeNull()
    expect(await matched({ phone: SHARED, address: '2 North Elm Street' })).toBe('4100-000002 address')
    expect(await matched({ accountNumber: '4100-000002' })).toBe('4100-000002 account-number')
  })

  it('waits for those that the log held when it looked, and for no later ones', async () => {
    let looks = 0
    const clock: Clock = {
      ...systemClock,
      sleep: async () => {
        if (++looks === 2) await fold('redis')
        await append(withSharedPhone(100 + looks))
      },
    }
    expect(await matched({ phone: SHARED }, { waitMs: 10_000, clock })).toBeNull()
    expect(looks).toBe(2)
  })

  it('is not made by a store of another log', async () => {
    const elsewhere = await openEventLog({ url: `sqlite:${temporaryFolder()}/event-log.sqlite`, clock: systemClock, region: 'test', node: 'test' })
    await log.close()
    log = elsewhere
    await append(withSharedPhone(3))
    await expect(matched({ phone: SHARED })).rejects.toThrow(AccountsBehindError)
  })

  it('waits elsewhere when neither store answers', async () => {
    const nowhere = createReadSources({ redisUrl: 'redis://127.0.0.1:1', databaseUrl: 'postgresql://nobody:none@127.0.0.1:1/none' })
    await expect(matched({ phone: SHARED }, { from: nowhere })).rejects.toThrow(ReadsUnavailableError)
    await nowhere.close()
  })
})

describe('a match by a typed address', () => {
  const at = (number: number, line1: string, city: string, line2?: string) => sampleAccount(number, { personal: { address: { line1, ...(line2 && { line2 }), city, postalCode: `9540${city.length}` } } })

  it.each(['redis', 'postgres'] as const)('needs no postal code, and never guesses, over %s', async (store) => {
    const flats = Array.from({ length: 30 }, (_, index) => at(10 + index, '5 Oak Lane', 'Harbor', `Apt ${index + 1}`))
    await append(at(1, '12 Elm Street', 'Springfield'), at(2, '12 Elm Street', 'Harbor'), at(3, '7 Bay Road', 'Harbor'), ...flats)
    await fold(store)
    expect(await matched({ address: '7 bay rd' })).toBe('4100-000003 address')
    expect(await matched({ address: '12 Elm Street' })).toBeNull()
    expect(await matched({ address: '12 Elm Street, Springfield' })).toBe('4100-000001 address')
    expect(await matched({ address: '12 Elm St 95406' })).toBe('4100-000002 address')
    expect(await matched({ address: '12 Elm Street, Shelbyville' })).toBeNull()
    expect(await matched({ address: '5 Oak Lane, Harbor' })).toBeNull()
    expect(await matched({ address: '5 Oak Ln Apt #28, Harbor' })).toBe('4100-000037 address')
    expect(await matched({ address: '5 Oak Ln Unit 31, Harbor' })).toBeNull()
  })
})
