import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { migrationDifference } from '../../../prisma/migration-difference.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { CorruptRecordError } from '../../../server/platform/event-log/verify-record.ts'
import { createLogger } from '../../../server/platform/logger.ts'
import { projectionStatus } from '../projection-status.ts'
import { sampleAccount, sampleFollowUp, sampleHash, sampleMatch, sampleNewEvent, sampleReport } from '../sample-events.ts'
import { PROJECTED_TOPICS, startProjector } from '../start-projector.ts'
import { rebuildDatabase, type RebuildResult } from './rebuild-database.ts'

const within = { timeout: 20_000, interval: 20 }
let path: string
let log: EventLog
let databaseUrl: string
let redisUrl: string
let client: Client

beforeEach(async () => {
  path = `${temporaryFolder()}/event-log.sqlite`
  log = await openEventLog({ url: `sqlite:${path}`, clock: systemClock, region: 'test', node: 'test' })
  ;[databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
  client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await append(...Array.from({ length: 50 }, (_, number) => sampleAccount(number)), ...Array.from({ length: 50 }, (_, number) => sampleReport(number)), sampleMatch(1, 2))
  await append(
    sampleFollowUp(1, 0, { reason: 'mistake' }),
    sampleFollowUp(2, 0, { hazards: ['fire'], personal: {} }),
    sampleFollowUp(3, 0, { stillOut: 'no' }, { secretHash: sampleHash('thief') }),
  )
})
afterEach(async () => {
  await client.end()
  await log.close()
})

async function append(...facts: Parameters<typeof sampleNewEvent>[0][]): Promise<void> {
  await log.append(facts.map(sampleNewEvent))
}

function start(): Promise<() => Promise<void>> {
  return startProjector({ log, databaseUrl, redisUrl, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), checkEveryMs: 50 })
}

async function folded(): Promise<void> {
  await vi.waitFor(async () => {
    const { postgres } = await projectionStatus(log, databaseUrl, redisUrl)
    expect(Object.values(postgres.partitions).map(({ lagRecords }) => lagRecords)).toEqual(PROJECTED_TOPICS.map(() => 0))
  }, within)
}

function rebuild(accept = false): Promise<RebuildResult> {
  return rebuildDatabase({ databaseUrl, log, clock: systemClock, accept, signal: new AbortController().signal })
}

const tableId = async () => (await client.query<{ oid: number }>("SELECT 'portal.account'::regclass::oid AS oid")).rows[0]?.oid
const different = ({ tables }: RebuildResult) => tables.filter(({ equal }) => !equal).map(({ table }) => table)

describe('rebuildDatabase', () => {
  it('makes the same tables from the log alone and puts them in place, as the schema says', async () => {
    const stop = await start()
    await folded()
    await stop()
    const before = await tableId()
    const result = await rebuild()
    expect(result).toMatchObject({ swapped: true, applied: 104, passedOver: 0 })
    expect(result.tables.find(({ table }) => table === 'outage_report')).toMatchObject({ equal: true, rebuilt: { rows: 50 } })
    expect(result.tables.find(({ table }) => table === 'report_follow_up')).toMatchObject({ equal: true, rebuilt: { rows: 2 } })
    expect(await tableId()).not.toBe(before)
    expect(await migrationDifference(databaseUrl)).toBe('')
    await expect(client.query('DELETE FROM portal.audit_entry')).rejects.toThrow(/only ever added/)
    const { rows } = await client.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'portal%'")
    expect(rows).toEqual([{ nspname: 'portal' }])
  })

  it('works while events come and the projector folds them', async () => {
    const stop = await start()
    await folded()
    let number = 100
    const rebuilt = new AbortController()
    const storm = (async () => {
      while (!rebuilt.signal.aborted) await append(sampleReport(number++), sampleAccount(number))
    })()
    const before = await tableId()
    const result = await rebuild()
    rebuilt.abort()
    await storm
    await append(sampleReport(99_999))
    await folded()
    await stop()
    expect(result.swapped).toBe(true)
    expect(await tableId()).not.toBe(before)
    expect(different(await rebuild())).toEqual([])
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM portal.outage_report')
    expect(rows[0]?.count).toBe(50 + (number - 100) + 1)
  })

  it('brings tables that were never folded to the same place first', async () => {
    expect(await rebuild()).toMatchObject({ swapped: true })
    const { postgres } = await projectionStatus(log, databaseUrl, redisUrl)
    expect(postgres).toMatchObject({ state: 'folding', rows: { account: 50, outage_report: 50 } })
  })

  it('names the tables that differ and leaves the live ones, unless told to accept', async () => {
    const stop = await start()
    await folded()
    await stop()
    await client.query("UPDATE portal.account SET language = 'es' WHERE account_key = '4100000007'")
    await client.query('DELETE FROM portal.account_phone WHERE account_key = $1', ['4100000008'])
    const before = await tableId()
    const refused = await rebuild()
    expect(refused.swapped).toBe(false)
    expect(different(refused)).toEqual(['account', 'account_phone'])
    expect(await tableId()).toBe(before)
    expect(await rebuild(true)).toMatchObject({ swapped: true })
    expect(different(await rebuild())).toEqual([])
  })

  it('does not fold a record that is not what was written', async () => {
    const file = new DatabaseSync(path)
    const { changes } = file.prepare("UPDATE records SET envelope = replace(envelope, 'Customer 7\"', 'Customer 8\"')").run()
    file.close()
    expect(changes).toBeGreaterThan(0)
    await expect(rebuild()).rejects.toThrow(CorruptRecordError)
    expect((await client.query('SELECT FROM portal.account')).rowCount).toBe(0)
  })
})

describe('projectionStatus', () => {
  it('tells place, lag and rows of each store, and what does not answer', async () => {
    expect(await projectionStatus(log, databaseUrl, 'redis://127.0.0.1:1')).toMatchObject({
      postgres: { state: 'empty', partitions: { 'accounts/0': { position: null, lagRecords: 50 }, 'outages/0': { lagRecords: 54 } } },
      redis: { state: 'unreachable' },
    })
    const stop = await start()
    await folded()
    await vi.waitFor(async () => expect((await projectionStatus(log, databaseUrl, redisUrl)).redis).toMatchObject({ state: 'folding', rows: { account: 50, outage_report: 50 } }), within)
    await stop()
  })
})
