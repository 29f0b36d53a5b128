import type { Redis } from 'ioredis'
import { accountNumberKey, type Account } from '../../domain/account.ts'
import { followedReport, waitedMs } from '../../domain/followed-report.ts'
import type { Hazard, Scope } from '../../domain/outage-report.ts'
import type { Confirmation } from '../../domain/report-standing.ts'
import { accountFromRow } from '../accounts/account-from-row.ts'
import { accountsFromRedis } from '../accounts/account-cache.ts'
import type { Database } from '../platform/database.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { readOutages } from './read-outages.ts'
import { cachedReport, reportCacheKey, reportSets, type CachedReport } from './report-cache.ts'
import { reportsFromRows } from './report-from-row.ts'

export interface DeskEntry {
  id: string
  reference: string
  /** ISO 8601 UTC. */
  acceptedAt: string
  /** With those that were added. */
  hazards: Hazard[]
  /** It stands first: a danger was named and not taken back as a mistake. */
  hazardous: boolean
  scope: Scope
  /** The account's address, or what was typed: an address, account number, phone, or `38.44012, -122.71405`. */
  where: string
  accountName: string | null
  matched: boolean
  /** By its customer. */
  withdrawn: boolean
  /** How many times its customer added to it. */
  additions: number
  /** Of one that waited long on its phone: whether its customer was asked if it is still out, and the answer. */
  confirmation: Confirmation
  /** From saving to acceptance, milliseconds; null in reports from before that was kept. */
  waitedMs: number | null
  /** Other bodies that came under the same id. */
  conflicts: number
}

export interface DeskList {
  reports: DeskEntry[]
  /** ISO 8601 UTC: every report accepted before is in the list, or older than its end. */
  asOf: string
  source: 'redis' | 'postgres'
}

interface Listed {
  reports: CachedReport[]
  accounts: Account[]
}

const MOST = 1_000

/**
 * The newest reports for the desk: those with hazards first, then the newest.
 * Throws ReadsUnavailableError when neither Redis nor Postgres can answer.
 * @param limit entries at the most; up to 1,000
 */
export async function listDeskReports(sources: ReadSources, { limit }: { limit: number }): Promise<DeskList> {
  const count = Math.max(1, Math.min(MOST, Math.floor(limit)))
  const { value, currentAt, source } = await readOutages(sources, {
    fromRedis: (redis) => listedInRedis(redis, count),
    fromPostgres: (database) => listedInPostgres(database, count),
  })
  const accounts = new Map(value.accounts.map((account) => [accountNumberKey(account.accountNumber), account]))
  const asOf = currentAt ?? value.reports.reduce((newest, { asOf }) => (asOf > newest ? asOf : newest), new Date(0).toISOString())
  return { reports: value.reports.map((cached) => entryOf(cached, accounts)), asOf, source }
}

function entryOf({ report, match, followUps, conflicts }: CachedReport, accounts: ReadonlyMap<string, Account>): DeskEntry {
  const account = match ? accounts.get(accountNumberKey(match.accountNumber)) : undefined
  const { reportId: id, reference, acceptedAt, scope } = report
  const { state, hazards, hazardous, additions, confirmation } = followedReport(report, { matched: match !== null, followUps })
  return {
    id, reference, acceptedAt, hazards, hazardous, scope, additions, confirmation,
    where: account ? addressLine(account.personal.address) : typedPlace(report),
    accountName: account?.personal.name ?? null,
    matched: match !== null,
    withdrawn: state === 'withdrawn',
    waitedMs: waitedMs(report),
    conflicts,
  }
}

function addressLine({ line1, line2, city }: Account['personal']['address']): string {
  return [line1, line2, city].filter(Boolean).join(', ')
}

/** Where, in the customer's own words. */
export function typedPlace({ personal: { place } }: CachedReport['report']): string {
  const { location } = place
  const coordinates = location ? `${location.latitude.toFixed(5)}, ${location.longitude.toFixed(5)}` : ''
  return place.address ?? place.accountNumber ?? place.phone ?? coordinates
}

/** Fewer than `limit` hazards are all hazards, so the newest `limit` of all hold enough of the rest. */
async function listedInRedis(redis: Redis, limit: number): Promise<Listed> {
  const [hazards, newest] = await Promise.all([
    redis.zrevrange(reportSets.hazard, 0, limit - 1),
    redis.zrevrange(reportSets.all, 0, limit - 1),
  ])
  const hazardous = new Set(hazards)
  const ids = [...hazards, ...newest.filter((id) => !hazardous.has(id))].slice(0, limit)
  const texts = ids.length === 0 ? [] : await redis.mget(ids.map(reportCacheKey))
  const reports = texts.filter((text) => text !== null).map(cachedReport)
  const known = await accountsFromRedis(redis, accountKeysOf(reports))
  return { reports, accounts: known.map(({ value }) => value) }
}

async function listedInPostgres(database: Database, limit: number): Promise<Listed> {
  const rows = await database.outageReport.findMany({ orderBy: [{ hazardous: 'desc' }, { acceptedAt: 'desc' }, { reportId: 'desc' }], take: limit })
  const reports = await reportsFromRows(database, rows)
  const accounts = await database.account.findMany({ where: { accountKey: { in: accountKeysOf(reports) }, closed: false } })
  return { reports, accounts: accounts.map((row) => accountFromRow(row).value) }
}

function accountKeysOf(reports: readonly CachedReport[]): string[] {
  return [...new Set(reports.flatMap(({ match }) => (match ? [accountNumberKey(match.accountNumber)] : [])))]
}
