import { Client } from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { systemClock } from '../../domain/clock.ts'
import { deliveryState, type DeliveryFact } from '../../domain/delivery.ts'
import type { OutageAddedTo, OutageHandled, OutageReported } from '../../domain/event.ts'
import { type FollowUpFact, followedReport, MOST_FOLLOW_UPS } from '../../domain/followed-report.ts'
import { handlingOf } from '../../domain/handling.ts'
import { undeliverableInPostgres } from '../../server/outages/undeliverable-reports.ts'
import { createDatabase } from '../../server/platform/database.ts'
import type { LogRecord } from '../../server/platform/event-log/event-log.ts'
import { sha256 } from '../../server/platform/hash.ts'
import { foldBatch } from './fold-batch.ts'
import { createPostgresProjection } from './postgres/postgres-projection.ts'
import type { Projection } from './projection.ts'
import { createRedisProjection } from './redis/redis-projection.ts'
import {
  sampleAccount, sampleClosing, sampleDelivered, sampleEvent, sampleFollowUp, sampleHandled, sampleHash, sampleMatch,
  sampleNewEvent, sampleRecords, sampleRedelivery, sampleRefused, sampleReport, seededFraction, shuffled,
} from './sample-events.ts'
import { postgresContents, redisContents } from './store-contents.ts'

const PARTITION = 'outages/0'

/**
 * Accounts that move, change phones, share meters, are closed and come back, some under an id with another body; reports with conflicts, copies and
 * noise; matches before, after and twice; follow-ups before and after their report, repeated, under another body and under another
 * secret, some to reports that never come, and more of one report than count. Which record of an id is the first has nothing to do
 * with its clock.
 */
function history(): LogRecord[] {
  const facts = []
  for (let number = 0; number < 40; number++) facts.push(sampleAccount(number))
  for (let number = 0; number < 40; number += 2) {
    const phones = number % 4 === 0 ? [] : [`+1555${2_000_000 + number}`, `+1555${1_000_000 + number}`]
    facts.push(sampleAccount(number, { meterNumber: `M${number + 1}`, circuit: `C${number % 5}`, personal: { name: 'Renamed', phones, email: undefined, latitude: 38.41 } }))
  }
  for (let number = 0; number < 40; number += 3) facts.push(sampleAccount(number, { servicePoint: `SP${number + 1}` }))
  for (let number = 0; number < 40; number += 4) facts.push(sampleClosing(number))
  for (let number = 0; number < 40; number += 8) facts.push(sampleAccount(number, { personal: { name: 'Back again' } }))
  for (let number = 0; number < 60; number++) {
    facts.push(sampleReport(number, number % 7 === 0 ? { hazards: ['fire'], startedAt: '2026-01-31T03:00:00Z' } : {}))
    if (number % 2 === 0) facts.push(sampleMatch(number, number % 40))
    if (number % 10 === 0) facts.push(sampleMatch(number, (number + 1) % 40, { matchedBy: 'phone' }))
    if (number % 5 === 0) facts.push(sampleReport(number, { bodyHash: sampleHash(`other ${number}`), hazards: ['downed-line'] }))
    if (number % 5 === 0) facts.push(sampleReport(number, { bodyHash: sampleHash(`other ${number}`), acceptedAt: '2026-02-01T00:00:00.000Z' }))
    if (number % 6 === 0) facts.push(sampleReport(number, { bodyHash: sampleHash(`noise ${number}`), secretHash: sampleHash('thief') }))
    if (number % 6 === 0) facts.push(sampleReport(number, { secretHash: sampleHash('thief') }))
    if (number % 4 === 0) facts.push(sampleReport(number))
  }
  for (let number = 0; number < 65; number++) {
    const strange = { secretHash: sampleHash('thief') }
    if (number % 3 === 0) facts.push(sampleFollowUp(number, 0, { reason: number % 2 === 0 ? 'mistake' : 'power-back' }))
    if (number % 4 === 0) facts.push(sampleFollowUp(number, 1, { hazards: ['fire'], personal: { accessNotes: `gate | ${number}` } }))
    if (number % 5 === 0) facts.push(sampleFollowUp(number, 2, { hazards: [], scope: 'dim', personal: {} }))
    if (number % 6 === 0) facts.push(sampleFollowUp(number, 3, { stillOut: 'no' }), sampleFollowUp(number, 3, { stillOut: 'yes' }), sampleFollowUp(number, 3, { stillOut: 'no' }))
    if (number % 7 === 0) facts.push(sampleFollowUp(number, 4, { reason: 'other' }, strange), sampleFollowUp(number, 5, { hazards: ['injury'], personal: {} }, strange))
    if (number % 9 === 0) facts.push(sampleFollowUp(number, 6, { reason: 'mistake' }))
  }
  for (let number = 0; number < 65; number++) {
    const followUp = sampleNewEvent(sampleFollowUp(number, 2, { hazards: [], personal: {} })).id
    if (number % 4 === 0) facts.push(sampleDelivered(number))
    if (number % 3 === 0) facts.push(sampleRefused(number, 1), sampleRefused(number, 1))
    if (number % 6 === 0) facts.push(sampleRedelivery(number, 1))
    if (number % 9 === 0) facts.push(sampleRedelivery(number, 1), sampleRefused(number, 2))
    if (number % 5 === 0) facts.push(sampleRefused(number, 1, followUp))
    if (number % 10 === 0) facts.push(sampleRedelivery(number, 1, followUp))
  }
  for (let number = 0; number < 65; number++) {
    if (number % 2 === 0) facts.push(sampleHandled(number, 0, 'claimed'), sampleHandled(number, 0, 'claimed', 1), sampleHandled(number, 0, 'claimed'))
    if (number % 4 === 0) facts.push(sampleHandled(number, 1, 'resolved'), sampleHandled(number, 1, 'released', 2))
    if (number % 8 === 0) facts.push(sampleHandled(number, 2, 'reopened'), sampleHandled(number, 3, 'released'))
    if (number % 16 === 0) facts.push(sampleHandled(number, 4, 'resolved'))
    if (number % 9 === 0) facts.push(sampleHandled(number, 7, 'resolved'))
    if (number % 6 === 1) facts.push(sampleHandled(number, 0, 'resolved'))
  }
  for (let index = 0; index < MOST_FOLLOW_UPS + 30; index++) facts.push(sampleFollowUp(1, 10 + index, { stillOut: 'yes' }))
  const envelopes = shuffled(facts, seededFraction(1)).map((fact, order) => sampleEvent(order, fact))
  for (let number = 0; number < 40; number += 5) {
    const { id } = sampleEvent(0, sampleAccount(number))
    envelopes.push({ ...sampleEvent(1_000 + number, sampleAccount(number, { personal: { name: 'Another body' } })), id })
  }
  return sampleRecords(shuffled(envelopes, seededFraction(2)))
}

/** What the log says of each report, told the plain way. */
function expectedReports(records: readonly LogRecord[]): { report_id: string; body_hash: string; conflicts: number }[] {
  const reports = records.filter(({ envelope }) => envelope.type === 'outage.reported.v1')
  const facts = (record: LogRecord) => record.envelope.data as OutageReported
  return reports.filter(({ first }) => first).map((record) => {
    const { reportId, bodyHash, secretHash } = facts(record)
    const rivals = reports.map(facts).filter((other) => other.reportId === reportId && other.secretHash === secretHash && other.bodyHash !== bodyHash)
    return { report_id: reportId, body_hash: bodyHash, conflicts: new Set(rivals.map((rival) => rival.bodyHash)).size }
  }).sort((a, b) => (a.report_id < b.report_id ? -1 : 1))
}

/** Of each report that is there: what followed, in the log's order, and what that makes of it by the rule of the domain. */
function expectedFollowUps(records: readonly LogRecord[]): Followed[] {
  const firsts = records.filter(({ first }) => first).map(({ envelope }) => envelope).sort((a, b) => (a.hlc < b.hlc ? -1 : 1))
  const ids = new Set(firsts.filter(({ type }) => type === 'outage.matched.v1').map(({ partitionkey }) => partitionkey))
  return firsts.filter(({ type }) => type === 'outage.reported.v1').map((envelope) => {
    const report = envelope.data as OutageReported
    const followUps = firsts.map(({ type, data }) => ({ type, data }) as FollowUpFact)
      .filter(({ data }) => 'followUpId' in data && data.reportId === report.reportId && data.secretHash === report.secretHash)
      .slice(0, MOST_FOLLOW_UPS)
    const { hazardous, state } = followedReport(report, { matched: ids.has(report.reportId), followUps })
    const resolvedHlc = expectedResolution(records, report.reportId)
    const endangeredLater = firsts.some(({ type, data, hlc }) => type === 'outage.added-to.v1' && hlc > resolvedHlc! && (data as OutageAddedTo).hazards.length > 0 && followUps.some((held) => held.data === data))
    const open = (hazardous || state !== 'withdrawn') && (resolvedHlc === null || endangeredLater)
    return { report_id: report.reportId, hazardous: hazardous && open, open, withdrawn: state === 'withdrawn', follow_ups: followUps.map(({ data }) => data.followUpId) }
  }).sort((a, b) => (a.report_id < b.report_id ? -1 : 1))
}

/** When staff resolved it and left it so; null when they did not. */
function expectedResolution(records: readonly LogRecord[], reportId: string): string | null {
  const steps = records.filter(({ envelope: { type, data } }) => type === 'outage.handled.v1' && (data as OutageHandled).reportId === reportId)
  const facts = steps.map(({ first, envelope }) => ({ stepId: envelope.id, lost: !first, data: envelope.data as OutageHandled }))
  const counted: string[] = []
  const { state } = handlingOf(facts, ({ stepId }) => counted.push(stepId))
  return state === 'resolved' ? steps.find(({ first, envelope }) => first && envelope.id === counted.at(-1))!.envelope.hlc : null
}

/** Of each report that is there: whether the desk must look at a delivery of it, by the rule of the domain. */
function expectedUndeliverable(records: readonly LogRecord[]): string[] {
  const firsts = records.filter(({ first }) => first).map(({ envelope }) => envelope)
  const facts = firsts.map(({ type, data }) => ({ type, data }) as DeliveryFact).filter(({ data }) => 'deliveryId' in data)
  const refused = [...Map.groupBy(facts, ({ data }) => data.deliveryId).values()].filter((held) => deliveryState(held).state === 'refused')
  const there = new Set(firsts.filter(({ type }) => type === 'outage.reported.v1').map(({ id }) => id))
  return [...new Set(refused.map((held) => held[0]!.data.reportId))].filter((id) => there.has(id)).toSorted()
}

interface Followed {
  report_id: string
  /** Stands first. */
  hazardous: boolean
  open: boolean
  withdrawn: boolean
  follow_ups: string[]
}

async function applyInBatches(projection: Projection, records: readonly LogRecord[], fraction: () => number, repeats: boolean): Promise<void> {
  let expected = await projection.load(PARTITION)
  for (let from = 0; from < records.length; ) {
    const count = 1 + Math.floor(fraction() * 40)
    const batch = foldBatch(records.slice(repeats ? Math.max(0, from - 20) : from, from + count))
    from += count
    await projection.apply({ partition: PARTITION, expected, next: String(from), newestAt: '2026-01-31T05:00:00.000Z' }, batch)
    expected = String(from)
  }
}

async function postgresDigest(records: readonly LogRecord[], seed: number): Promise<object> {
  const databaseUrl = await freshDatabase()
  const projection = createPostgresProjection({ databaseUrl, logId: 'log', clock: systemClock })
  await applyInBatches(projection, records, seededFraction(seed), seed % 2 === 0)
  await projection.close()
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const digests = await postgresContents(databaseUrl)
  const { rows } = await client.query('SELECT report_id, body_hash, conflicts FROM portal.outage_report ORDER BY report_id')
  const { rows: followed } = await client.query(
    `SELECT report.report_id, hazardous AND open AS hazardous, open, withdrawn,
       ARRAY(SELECT follow_up_id FROM portal.report_follow_up AS held WHERE held.report_id = report.report_id ORDER BY held.version COLLATE "C")::text[] AS follow_ups
     FROM portal.outage_report AS report ORDER BY report_id`,
  )
  await client.end()
  const database = createDatabase(databaseUrl, { connectTimeoutMs: 5_000, queryTimeoutMs: 10_000, connections: 1 })
  const { reportIds, count } = await undeliverableInPostgres(database, 1_000)
  await database.$disconnect()
  expect(count).toBe(reportIds.length)
  return { digests, reports: rows as unknown, followed: followed as unknown, undeliverable: reportIds.toSorted() }
}

/** Members of a sorted set come with their scores. */
const isId = (member: string): boolean => member.includes('-')

interface RedisDigest {
  digest: string
  reports: object[]
  followed: Followed[]
  undeliverable: string[]
}

async function redisDigest(records: readonly LogRecord[], seed: number): Promise<RedisDigest> {
  const redisUrl = await freshRedis()
  const projection = createRedisProjection({ redisUrl, logId: 'log', clock: systemClock })
  await applyInBatches(projection, records, seededFraction(seed), seed % 2 === 0)
  await projection.close()
  const contents = await redisContents(redisUrl)
  const lines = Object.entries(contents).map(([key, value]) => `${key} ${JSON.stringify(value)}`)
  const reports: object[] = []
  const followed: Followed[] = []
  const members = (set: string) => new Set((contents[set] as string[] | undefined) ?? [])
  const [hazardous, open, withdrawn] = [members('reports:hazard'), members('reports:open'), members('reports:withdrawn')]
  for (const [key, value] of Object.entries(contents).filter(([name]) => name.startsWith('report:'))) {
    const { conflicts, report, followUps } = JSON.parse(value as string) as { conflicts: number; report: OutageReported; followUps: FollowUpFact[] }
    const id = report.reportId
    followed.push({ report_id: id, hazardous: hazardous.has(id), open: open.has(id), withdrawn: withdrawn.has(id), follow_ups: followUps.map(({ data }) => data.followUpId) })
    reports.push({ report_id: key.slice('report:'.length), body_hash: report.bodyHash, conflicts })
  }
  return { digest: sha256(lines.join('\n')), reports, followed, undeliverable: [...members('reports:undeliverable')].filter(isId).toSorted() }
}

describe('any order of arrival gives the same state', () => {
  const events = history()
  const orders = ['4', '3 @full', '5 @full', '6 @full', '7 @full'].map((name) => [name, shuffled(events, seededFraction(Number.parseInt(name)))] as const)
  let inOrder: { postgres: object; redis: RedisDigest }

  beforeAll(async () => {
    inOrder = { postgres: await postgresDigest(events, 1), redis: await redisDigest(events, 1) }
  })

  it.each(orders)('in Postgres, shuffle %s', async (name, shuffle) => {
    expect(await postgresDigest(shuffle, Number.parseInt(name))).toEqual(inOrder.postgres)
  })

  it.each(orders)('in Redis, shuffle %s', async (name, shuffle) => {
    expect(await redisDigest(shuffle, Number.parseInt(name))).toEqual(inOrder.redis)
  })

  it('with the firsts of the log and their conflicts in both, and some of each', () => {
    const { reports } = inOrder.postgres as { reports: { conflicts: number }[] }
    const expected = expectedReports(events)
    expect(reports).toEqual(expected)
    expect(inOrder.redis.reports).toEqual(expected)
    expect(new Set(reports.map(({ conflicts }) => conflicts))).toEqual(new Set([0, 1]))
    const reversed = events.filter(({ first, envelope }) => !first && events.some((held) => held.first && held.envelope.id === envelope.id && held.envelope.hlc > envelope.hlc))
    expect(reversed.length).toBeGreaterThan(10)
  })

  it('with what the core system refused, as the domain says it: in both the same', () => {
    const expected = expectedUndeliverable(events)
    expect((inOrder.postgres as { undeliverable: string[] }).undeliverable).toEqual(expected)
    expect(inOrder.redis.undeliverable).toEqual(expected)
    expect(expected.length).toBeGreaterThan(8)
    expect(expected.length).toBeLessThan(40)
  })

  it('with what followed, as the domain says it: in both the same marks', () => {
    const { followed } = inOrder.postgres as { followed: Followed[] }
    const expected = expectedFollowUps(events)
    expect(followed).toEqual(expected)
    expect(inOrder.redis.followed).toEqual(expected)
    const kinds = new Set(expected.map(({ hazardous, open, withdrawn, follow_ups: { length } }) => `${hazardous} ${open} ${withdrawn} ${length > 0}`))
    const some = ['true true true true', 'true true false true', 'false false true true', 'false true false true', 'true true false false', 'false true false false', 'false false false true', 'false false false false']
    expect([...kinds]).toEqual(expect.arrayContaining(some))
    // Resolved, and endangered since.
    expect(expected.filter(({ report_id: id, open }) => open && expectedResolution(events, id) !== null).length).toBeGreaterThan(0)
  })
})
