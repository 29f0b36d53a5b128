import { followedReport } from '../../domain/followed-report.ts'
import { requirePermission } from '../identity/require-permission.ts'
import type { Staff } from '../identity/staff.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { typedPlace } from './desk-entry.ts'
import { readOutages } from './read-outages.ts'
import { cachedReport, reportCacheKey, type CachedReport } from './report-cache.ts'
import { reportDeliveries, type ReportDelivery } from './report-deliveries.ts'
import { reportsFromRows } from './report-from-row.ts'
import { undeliverableInPostgres, undeliverableInRedis } from './undeliverable-reports.ts'

/** What the core system refused, and waits for staff. */
export interface UndeliveredEntry extends Pick<ReportDelivery, 'deliveryId' | 'kind'> {
  reportId: string
  reference: string
  where: string
  hazardous: boolean
  /** ISO 8601 UTC: of the report, and of the newest refusal. */
  acceptedAt: string
  refusedAt: string
  /** Of its answer; null when it was not for an answer. */
  status: number | null
  reason: string
  /** How often it was refused. */
  round: number
}

export interface Undelivered {
  deliveries: UndeliveredEntry[]
  /** Reports of which something is undelivered, those that are not listed included. */
  reports: number
}

/**
 * The dead letters of the delivery to the core system: those with hazards first, then the newest refusal first; what is of one report stands together.
 * Throws ForbiddenError, and ReadsUnavailableError when neither Redis nor Postgres can answer.
 * @param limit reports at the most; 0 to be told only how many there are
 */
export async function listUndelivered({ sources }: { sources: ReadSources }, staff: Staff, { limit }: { limit: number }): Promise<Undelivered> {
  requirePermission(staff, 'desk.read')
  const { value } = await readOutages(sources, {
    fromRedis: async (redis) => {
      const { reportIds, count } = await undeliverableInRedis(redis, Math.max(1, limit))
      const texts = limit === 0 || reportIds.length === 0 ? [] : await redis.mget(reportIds.map(reportCacheKey))
      return { count, reports: texts.filter((text) => text !== null).map(cachedReport) }
    },
    fromPostgres: async (database) => {
      const { reportIds, count } = await undeliverableInPostgres(database, Math.max(1, limit))
      const rows = limit === 0 ? [] : await database.outageReport.findMany({ where: { reportId: { in: reportIds } } })
      return { count, reports: await reportsFromRows(database, rows) }
    },
  })
  const letters = value.reports.map(entriesOf).filter((entries) => entries.length > 0)
  const deliveries = letters.toSorted((one, other) => Number(other[0]!.hazardous) - Number(one[0]!.hazardous) || newest(other) - newest(one)).flat()
  return { deliveries, reports: value.count }
}

function newest(entries: readonly UndeliveredEntry[]): number {
  return Math.max(...entries.map(({ refusedAt }) => Date.parse(refusedAt)))
}

function entriesOf(cached: CachedReport): UndeliveredEntry[] {
  const { report, match, followUps } = cached
  const { reportId, reference, acceptedAt } = report
  const { hazardous } = followedReport(report, { matched: match !== null, followUps })
  return reportDeliveries(cached).flatMap(({ deliveryId, kind, standing: { state, since, status, reason, round } }) =>
    state === 'refused' ? [{ deliveryId, kind, reportId, reference, where: typedPlace(report), hazardous, acceptedAt, refusedAt: since!, status, reason: reason!, round }] : [],
  )
}
