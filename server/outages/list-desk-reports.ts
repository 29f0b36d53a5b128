import type { Redis } from 'ioredis'
import type { Database } from '../platform/database.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { deskEntries, type DeskEntry, type Listed, listedInPostgres, listedInRedis } from './desk-entry.ts'
import { type DeskPosition, deskPositionInPostgres, deskPositionInRedis } from './desk-position.ts'
import { readOutages } from './read-outages.ts'
import { reportSets } from './report-cache.ts'

export type DeskOrder = 'newest' | 'oldest'

export interface DeskList {
  reports: DeskEntry[]
  /** How many there are, listed or not. */
  totals: { all: number; open: number }
  /** What was told up to here is in the list; null when the store cannot say. */
  position: DeskPosition | null
  /** ISO 8601 UTC: every report accepted before is in the list, or older than its end. */
  asOf: string
  source: 'redis' | 'postgres'
}

interface Found extends Listed {
  position: DeskPosition | null
  totals: DeskList['totals']
}

const MOST = 1_000

/**
 * Reports for the desk: those with hazards first, then the others that are open, by age; then what is done with, the newest first.
 * Throws ReadsUnavailableError when neither Redis nor Postgres can answer.
 * @param limit entries at the most; up to 1,000
 * @param order which of the open ones stand first, and stay when there are more than the limit
 */
export async function listDeskReports(sources: ReadSources, { limit, order = 'newest' }: { limit: number; order?: DeskOrder }): Promise<DeskList> {
  const count = Math.max(1, Math.min(MOST, Math.floor(limit)))
  const { value, currentAt, source } = await readOutages(sources, {
    fromRedis: (redis) => foundInRedis(redis, count, order),
    fromPostgres: (database) => foundInPostgres(database, count, order),
  })
  const asOf = currentAt ?? value.reports.reduce((newest, { asOf }) => (asOf > newest ? asOf : newest), new Date(0).toISOString())
  return { reports: deskEntries(value), totals: value.totals, position: value.position, asOf, source }
}

/** Fewer than `limit` hazards are all hazards, so the first `limit` of the open ones hold enough of the rest, and so on. */
async function foundInRedis(redis: Redis, limit: number, order: DeskOrder): Promise<Found> {
  const position = await deskPositionInRedis(redis)
  const first = (set: string) => (order === 'newest' ? redis.zrevrange(set, 0, limit - 1) : redis.zrange(set, '0', `${limit - 1}`))
  const [hazards, open, all, allCount, openCount] = await Promise.all([
    first(reportSets.hazard), first(reportSets.open), redis.zrevrange(reportSets.all, 0, limit - 1),
    redis.zcard(reportSets.all), redis.zcard(reportSets.open),
  ])
  const listed = new Set([...hazards, ...open])
  const isOpen = listed.size < limit ? await openAmong(redis, all) : new Set<string>()
  for (const id of all) if (listed.size < limit && !isOpen.has(id)) listed.add(id)
  return { ...(await listedInRedis(redis, [...listed].slice(0, limit))), position, totals: { all: allCount, open: openCount } }
}

async function openAmong(redis: Redis, ids: readonly string[]): Promise<Set<string>> {
  const scores = ids.length === 0 ? [] : await redis.zmscore(reportSets.open, ...ids)
  return new Set(ids.filter((_id, index) => scores[index] !== null))
}

async function foundInPostgres(database: Database, limit: number, order: DeskOrder): Promise<Found> {
  const position = await deskPositionInPostgres(database)
  const age = order === 'newest' ? 'desc' : 'asc'
  const [open, all, openCount] = await Promise.all([
    database.outageReport.findMany({ where: { open: true }, orderBy: [{ hazardous: 'desc' }, { acceptedAt: age }, { reportId: age }], take: limit }),
    database.outageReport.count(),
    database.outageReport.count({ where: { open: true } }),
  ])
  const rest = limit - open.length
  const done = rest > 0 ? await database.outageReport.findMany({ where: { open: false }, orderBy: [{ acceptedAt: 'desc' }, { reportId: 'desc' }], take: rest }) : []
  return { ...(await listedInPostgres(database, [...open, ...done])), position, totals: { all, open: openCount } }
}
