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
import { matchReports } from './match-reports.ts'

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
  const [tried] = await matchReports({ sources: from, log, country: 'US' }, [report], { waitMs, clock })
  if (tried!.status === 'rejected') throw tried!.reason
  return tried!.value && `${tried!.value.accountNumber} ${tried!.value.matchedBy}`
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

describe('a batch of reports', () => {
  const report = (number: number, place: OutageReported['personal']['place']) => sampleReport(number, { personal: { place, medicalEquipment: false } })
  const OWN = '+17075550143'
  const CROWDED = '+17075550144'

  async function outcomes(places: readonly OutageReported['personal']['place'][], from = sources): Promise<string[]> {
    const reports = places.map((place, index) => report(index, place))
    const tries = await matchReports({ sources: from, log, country: 'US' }, reports, { waitMs: 0, clock: systemClock })
    return tries.map((tried, index) => {
      if (tried.status === 'rejected') return (tried.reason as Error).name
      if (tried.value) expect(tried.value.reportId).toBe(reports[index]!.reportId)
      return tried.value ? `${tried.value.accountNumber} ${tried.value.matchedBy}` : 'none'
    })
  }

  /** How often each store is asked. */
  function counting(asked: { redis: number; postgres: number }): ReadSources {
    return {
      ...sources,
      redis: { ...sources.redis, use: (work) => (asked.redis++, sources.redis.use(work)) },
      prisma: { ...sources.prisma, use: (work) => (asked.postgres++, sources.prisma.use(work)) },
    }
  }

  it.each(['redis', 'postgres'] as const)('gives each its own outcome, over %s, in as few questions as one report needs', async (store) => {
    const crowd = Array.from({ length: 25 }, (_, index) => sampleAccount(20 + index, { personal: { phones: [CROWDED] } }))
    await append(withSharedPhone(1), withSharedPhone(2), sampleAccount(3, { personal: { phones: [OWN] } }), ...crowd)
    await fold(store)
    const places = [
      { accountNumber: '4100 000002' }, { phone: SHARED }, { phone: '(707) 555-0143' }, { phone: 'not a number' }, {},
      { phone: CROWDED }, { phone: SHARED, address: '2 North Elm Street' }, { accountNumber: '4100-999999', phone: OWN },
      { accountNumber: '4100-000001' }, { address: '3 North Elm Street' }, { phone: OWN, address: '1 Nowhere Street' }, { phone: OWN },
    ]
    const expected = [
      '4100-000002 account-number', 'none', '4100-000003 phone', 'none', 'none',
      'none', '4100-000002 address', '4100-000003 phone', '4100-000001 account-number', '4100-000003 address', 'none', '4100-000003 phone',
    ]
    const [many, one] = [{ redis: 0, postgres: 0 }, { redis: 0, postgres: 0 }]
    expect(await outcomes([...places, ...places], counting(many))).toEqual([...expected, ...expected])
    expect(await outcomes([{ accountNumber: '4100-999999', phone: OWN }], counting(one))).toEqual(['4100-000003 phone'])
    expect(many).toEqual(one)
  })

  it('lets a known number through while others wait for accounts', async () => {
    await append(withSharedPhone(1))
    await fold('redis')
    await append(withSharedPhone(2))
    expect(await outcomes([{ phone: SHARED }, { accountNumber: '4100-000001' }, { accountNumber: '4100-000002' }])).toEqual([
      'AccountsBehindError', '4100-000001 account-number', 'AccountsBehindError',
    ])
  })

  it('fails a report that cannot be read by itself alone', async () => {
    await append(withSharedPhone(1))
    await fold('redis')
    const unreadable = { get phone(): string { throw new RangeError('unreadable') } }
    expect(await outcomes([{ phone: SHARED }, unreadable, { accountNumber: '4100-000001' }, { phone: SHARED }])).toEqual([
      '4100-000001 phone', 'RangeError', '4100-000001 account-number', '4100-000001 phone',
    ])
  })

  it('takes no answer from a Redis that loses its accounts meanwhile', async () => {
    await append(withSharedPhone(1), withSharedPhone(2))
    await fold('redis')
    const { redis } = sources
    let uses = 0
    const losing = { ...redis, use: (async (work) => {
      // Numbers, then whether Redis is complete: what is lost after that must not look like one's own phone.
      if (++uses === 3) await redis.client.flushdb()
      return redis.use(work)
    }) satisfies typeof redis.use }
    await expect(outcomes([{ phone: SHARED }, { accountNumber: '4100-000009' }], { ...sources, redis: losing })).rejects.toThrow(ReadsUnavailableError)
    expect(uses).toBe(3)
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
