import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { systemClock } from '../../domain/clock.ts'
import type { EventData, EventEnvelope, EventType } from '../../domain/event.ts'
import { formatHlc } from '../../domain/hybrid-clock.ts'
import { formatUuid } from '../../domain/uuid.ts'
import { NOTES_KEPT } from '../../server/accounts/account-desk-cache.ts'
import { foldBatch } from './fold-batch.ts'
import { createPostgresProjection } from './postgres/postgres-projection.ts'
import type { Projection } from './projection.ts'
import { createRedisProjection } from './redis/redis-projection.ts'
import { sampleRecords, seededFraction, shuffled } from './sample-events.ts'
import { postgresContents, redisContents } from './store-contents.ts'

const START_MS = Date.UTC(2026, 0, 31, 4)
const idOf = (text: string) => formatUuid(createHash('sha256').update(text).digest(), 7)
const at = new Date(START_MS).toISOString()
const actor = { staffId: idOf('staff'), name: 'Agent' }

function event<T extends EventType>(order: number, type: T, id: string, data: EventData<T>, key = id): EventEnvelope {
  return {
    specversion: '1.0', id, type, source: 'urn:stormdoor:test:sample', subject: id, time: new Date(START_MS + order).toISOString(), datacontenttype: 'application/json',
    partitionkey: key, hlc: formatHlc(START_MS + order, 0), region: 'test', node: 'sample.1', seq: order + 1, bodyhash: id, hash: id, data,
  }
}

const noted = (order: number, id: string, accountNumber = '41-00') =>
  event(order, 'account.noted.v1', idOf(id), { noteId: idOf(id), accountNumber, at, actor, personal: { text: `note | ${id}` } }, accountNumber)
const flagged = (order: number, id: string) =>
  event(order, 'account.flagged.v1', idOf(id), { flaggingId: idOf(id), accountNumber: '4100', basedOn: null, was: [], flags: ['do-not-call'], at, actor }, '4100')
const looked = (order: number, id: string) =>
  event(order, 'audit.recorded.v1', idOf(id), {
    entries: [
      { entryId: idOf(`${id} 1`), at, actor: { kind: 'staff', id: actor.staffId, role: 'agent' }, act: 'account.looked-at', subject: { kind: 'account', id: '41-00' } },
      { entryId: idOf(`${id} 2`), at, actor: { kind: 'staff', id: actor.staffId }, act: 'account.revealed', subject: { kind: 'account', id: '4100' }, reason: 'half \ud83d' },
    ],
  })

describe('what staff said and did @projector', () => {
  it('adds each act to the trail under its account, and a note or flags to the account', () => {
    const { notes, flaggings, auditRows } = foldBatch(sampleRecords([noted(1, 'a'), flagged(2, 'b'), looked(3, 'c'), { ...noted(4, 'a'), data: {} as never }]))
    expect(notes).toMatchObject([{ accountKey: '4100', accountNumber: '41-00', noteId: idOf('a'), personal: { text: 'note | a' } }])
    expect(flaggings).toMatchObject([{ accountKey: '4100', basedOn: null, flags: ['do-not-call'] }])
    expect(auditRows.map(({ act, subjectId, reason }) => `${act} ${subjectId} ${reason}`).toSorted()).toEqual([
      'account.flagged 4100 null', 'account.looked-at 4100 null', 'account.noted 4100 null', 'account.revealed 4100 half \uFFFD',
    ])
    expect(auditRows.find(({ act }) => act === 'account.noted')?.after).toEqual({ noteId: idOf('a') })
  })

  it('keeps both acts when one id was used for two: on another account, or for another kind of act', () => {
    const { auditRows, notes } = foldBatch([
      { first: true, envelope: noted(1, 'a') },
      { first: true, envelope: noted(2, 'a', '4200') },
      { first: true, envelope: event(3, 'erasure.requested.v1', idOf('a'), { requestId: idOf('a'), loginId: idOf('login'), at }) },
    ])
    expect(new Set(auditRows.map(({ entryId }) => entryId)).size).toBe(3)
    expect(notes).toHaveLength(2)
  })

  it('says of changed details which fields they were, never what they hold', () => {
    const personal = { phone: '+15550100', email: 'someone@example.com' }
    const changed = event(1, 'profile.changed.v1', idOf('p'), { changeId: idOf('p'), loginId: idOf('login'), basedOn: null, language: 'en', channels: [], quietHours: null, personal })
    const { auditRows } = foldBatch(sampleRecords([changed]))
    expect(auditRows).toMatchObject([{ act: 'profile.changed', subjectKind: 'login', after: { fields: ['language', 'channels', 'quietHours', 'email', 'phone'] } }])
    expect(JSON.stringify(auditRows)).not.toMatch(/5550100|someone/)
  })

  it('is the same in both stores for any order, and twice is once; Redis keeps the newest notes', async () => {
    const records = sampleRecords([...Array.from({ length: NOTES_KEPT + 15 }, (_, index) => noted(index, `note ${index}`)), flagged(90, 'x'), flagged(91, 'y'), looked(92, 'z')])
    const [first, second] = await Promise.all([contents(records, 1), contents(records, 2)])
    expect(first).toEqual(second)
    expect(first.rows).toEqual({ notes: NOTES_KEPT + 15, flaggings: 2, entries: NOTES_KEPT + 15 + 2 + 2 })
    expect(first.kept.filter((field) => field.startsWith('flags:'))).toHaveLength(2)
    const newest = Array.from({ length: NOTES_KEPT }, (_, index) => `note:${idOf(`note ${index + 15}`)}`)
    expect(first.kept.filter((field) => field.startsWith('note:'))).toEqual(newest.toSorted())
  })
})

async function contents(records: ReturnType<typeof sampleRecords>, seed: number) {
  const [databaseUrl, redisUrl] = await Promise.all([freshDatabase(), freshRedis()])
  const options = { logId: 'log', clock: systemClock }
  await applied(createPostgresProjection({ databaseUrl, ...options }), records, seed)
  await applied(createRedisProjection({ redisUrl, ...options }), records, seed)
  const { account_note: notes, account_flagging: flaggings, audit_entry: entries } = await postgresContents(databaseUrl)
  const redis = await redisContents(redisUrl)
  const kept = (redis['account-desk:4100'] as [string, string][]).map(([field]) => field).toSorted()
  return { digests: [notes?.digest, flaggings?.digest, entries?.digest], rows: { notes: notes?.rows, flaggings: flaggings?.rows, entries: entries?.rows }, redis, kept }
}

async function applied(projection: Projection, records: ReturnType<typeof sampleRecords>, seed: number): Promise<void> {
  const partition = 'identity/0'
  let expected = await projection.load(partition)
  const order = shuffled([...records, ...records.slice(0, 20)], seededFraction(seed))
  for (let from = 0; from < order.length; from += 11) {
    await projection.apply({ partition, expected, next: String(from + 1), newestAt: at }, foldBatch(order.slice(from, from + 11)))
    expected = String(from + 1)
  }
  await projection.close()
}

describe('rows of the trail @projector', () => {
  it('are only ever added: an update, a removal and an emptying are refused', async () => {
    const databaseUrl = await freshDatabase()
    await applied(createPostgresProjection({ databaseUrl, logId: 'log', clock: systemClock }), sampleRecords([noted(1, 'a')]), 1)
    const client = new Client({ connectionString: databaseUrl })
    await client.connect()
    for (const change of ["UPDATE portal.audit_entry SET act = 'x.y'", 'DELETE FROM portal.audit_entry', 'TRUNCATE portal.audit_entry']) {
      await expect(client.query(change)).rejects.toThrow(/only ever added/)
    }
    expect((await client.query('SELECT act FROM portal.audit_entry')).rows).toEqual([{ act: 'account.noted' }])
    await client.end()
  })
})
