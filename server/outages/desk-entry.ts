import type { Redis } from 'ioredis'
import { accountNumberKey, type Account } from '../../domain/account.ts'
import { followedReport, waitedMs } from '../../domain/followed-report.ts'
import { type Handling, handlingOf } from '../../domain/handling.ts'
import type { Hazard, Scope } from '../../domain/outage-report.ts'
import type { Confirmation } from '../../domain/report-standing.ts'
import { accountsFromRedis } from '../accounts/account-cache.ts'
import { accountFromRow } from '../accounts/account-from-row.ts'
import type { Database } from '../platform/database.ts'
import { cachedReport, reportCacheKey, type CachedReport } from './report-cache.ts'
import { reportDeliveries } from './report-deliveries.ts'
import { reportsFromRows } from './report-from-row.ts'

export interface DeskEntry {
  id: string
  /** Of the newest event about it: of two entries the greater one counts. */
  version: string
  reference: string
  /** ISO 8601 UTC. */
  acceptedAt: string
  /** With those that were added. */
  hazards: Hazard[]
  /** Somebody at the desk has to do something: neither withdrawn nor resolved, but for a danger that stands. */
  open: boolean
  /** It stands first: open, and a danger was named and not taken back as a mistake. */
  hazardous: boolean
  scope: Scope
  /** The account's address, or what was typed: an address, account number, phone, or `38.44012, -122.71405`. */
  where: string
  accountName: string | null
  matched: boolean
  /** Null while unmatched. */
  circuit: string | null
  handling: Handling
  /** The core system refused something of it, and nobody asked it for that again. */
  undelivered: boolean
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

export interface Listed {
  reports: CachedReport[]
  accounts: Account[]
}

/** One row of the desk for each report, in the same order. */
export function deskEntries({ reports, accounts }: Listed): DeskEntry[] {
  const byKey = new Map(accounts.map((account) => [accountNumberKey(account.accountNumber), account]))
  return reports.map((cached) => entryOf(cached, byKey))
}

function entryOf(cached: CachedReport, accounts: ReadonlyMap<string, Account>): DeskEntry {
  const { v: version, report, match, followUps, handlings, conflicts, open } = cached
  const account = match ? accounts.get(accountNumberKey(match.accountNumber)) : undefined
  const { reportId: id, reference, acceptedAt, scope } = report
  const { state, hazards, hazardous, additions, confirmation } = followedReport(report, { matched: match !== null, followUps })
  return {
    id, version, reference, acceptedAt, hazards, open, scope, additions, confirmation,
    hazardous: hazardous && open,
    where: account ? addressLine(account.personal.address) : typedPlace(report),
    accountName: account?.personal.name ?? null,
    matched: match !== null,
    circuit: match?.circuit ?? null,
    handling: handlingOf(handlings),
    undelivered: reportDeliveries(cached).some(({ standing }) => standing.state === 'refused'),
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

/** These reports as Redis has them, with their accounts; those that it does not have are left out. */
export async function listedInRedis(redis: Redis, ids: readonly string[]): Promise<Listed> {
  const texts = ids.length === 0 ? [] : await redis.mget(ids.map(reportCacheKey))
  const reports = texts.filter((text) => text !== null).map(cachedReport)
  const known = await accountsFromRedis(redis, accountKeysOf(reports))
  return { reports, accounts: known.map(({ value }) => value) }
}

/** The same of Postgres, from rows that were found there. */
export async function listedInPostgres(database: Database, rows: Parameters<typeof reportsFromRows>[1]): Promise<Listed> {
  const reports = await reportsFromRows(database, rows)
  const accounts = await database.account.findMany({ where: { accountKey: { in: accountKeysOf(reports) }, closed: false } })
  return { reports, accounts: accounts.map((row) => accountFromRow(row).value) }
}

function accountKeysOf(reports: readonly CachedReport[]): string[] {
  return [...new Set(reports.flatMap(({ match }) => (match ? [accountNumberKey(match.accountNumber)] : [])))]
}
