import { accountNumberKey } from '../../domain/account.ts'
import { followedReport } from '../../domain/followed-report.ts'
import type { AccountReport } from '../../domain/me.ts'
import type { Confirmation } from '../../domain/report-standing.ts'
import type { Span } from '../../domain/visible-span.ts'
import type { Read } from '../platform/read-projected.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { readOutages } from './read-outages.ts'
import { cachedReport, type CachedReport, reportCacheKey, reportSets } from './report-cache.ts'
import { reportsFromRows } from './report-from-row.ts'

/**
 * The newest reports at an account that were accepted within a span, the newest first. Throws ReadsUnavailableError.
 * @param most how many at the most
 */
export function reportsAtAccount(sources: ReadSources, accountNumber: string, { fromMs, untilMs }: Span, most: number): Promise<Read<CachedReport[]>> {
  const accountKey = accountNumberKey(accountNumber)
  return readOutages(sources, {
    fromRedis: async (redis) => {
      const until = Number.isFinite(untilMs) ? `(${untilMs}` : '+inf'
      const ids = await redis.zrevrangebyscore(reportSets.ofAccount(accountKey), until, Number.isFinite(fromMs) ? fromMs : '-inf', 'LIMIT', 0, most)
      const texts = ids.length === 0 ? [] : await redis.mget(ids.map(reportCacheKey))
      return texts.filter((text) => text !== null).map(cachedReport)
    },
    fromPostgres: async (database) => {
      const rows = await database.$queryRaw<{ report_id: string }[]>`
        SELECT report_id FROM portal.outage_match JOIN portal.outage_report USING (report_id)
        WHERE account_key = ${accountKey} AND accepted_at >= ${instantOf(fromMs)} AND accepted_at < ${instantOf(untilMs)}
        ORDER BY accepted_at DESC, report_id DESC LIMIT ${most}`
      const reports = await database.outageReport.findMany({
        where: { reportId: { in: rows.map((row) => row.report_id) } }, orderBy: [{ acceptedAt: 'desc' }, { reportId: 'desc' }],
      })
      return reportsFromRows(database, reports)
    },
  })
}

/** A report as whoever may see its account is told of it. */
export function accountReport({ report, match, followUps }: CachedReport): AccountReport & { confirmation: Confirmation } {
  const { reportId, reference, acceptedAt } = report
  const { state, confirmation } = followedReport(report, { matched: match !== null, followUps })
  return { reportId, reference, acceptedAt, state, confirmation }
}

/** Within what Postgres can compare. */
function instantOf(ms: number): Date {
  return new Date(Math.min(Math.max(ms, 0), 253_402_300_799_999))
}
