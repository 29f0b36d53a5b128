import type { Account, Known } from '../../domain/account.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import { getAccount } from '../accounts/get-account.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { readOutages } from './read-outages.ts'
import { reportCacheKey, type CachedReport } from './report-cache.ts'
import { reportFromRow } from './report-from-row.ts'

export interface DeskReport {
  report: OutageReported
  match: OutageMatched | null
  /** Other bodies that came under the same id. */
  conflicts: number
  /** Null when unmatched, or when the account cannot be read now. */
  account: Known<Account> | null
  /** ISO 8601 UTC of the newest event about this report. */
  asOf: string
  source: 'redis' | 'postgres'
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * One report in full, with its account; null when there is none (yet).
 * Throws ReadsUnavailableError when neither Redis nor Postgres can answer.
 */
export async function getDeskReport(sources: ReadSources, id: string): Promise<DeskReport | null> {
  const reportId = id.toLowerCase()
  if (!UUID.test(reportId)) return null
  const { value, source } = await readOutages(sources, {
    fromRedis: async (redis) => {
      const text = await redis.get(reportCacheKey(reportId))
      return text === null ? null : (JSON.parse(text) as CachedReport)
    },
    fromPostgres: async (database) => {
      const row = await database.outageReport.findUnique({ where: { reportId } })
      return row && reportFromRow(row, await database.outageMatch.findUnique({ where: { reportId } }))
    },
  })
  if (!value) return null
  const { report, match, conflicts, asOf } = value
  const account = match ? await getAccount(sources, match.accountNumber).catch(unlessUnavailable) : null
  return { report, match, conflicts, account, asOf, source }
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof ReadsUnavailableError) return null
  throw error
}
