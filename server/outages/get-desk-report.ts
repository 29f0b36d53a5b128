import type { Account, Known } from '../../domain/account.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import type { FollowUpFact } from '../../domain/followed-report.ts'
import type { HandlingFact } from '../../domain/handling.ts'
import { maskDetails, type MaskedDetails } from '../accounts/desk/mask-details.ts'
import { getAccount } from '../accounts/get-account.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { readOutages } from './read-outages.ts'
import { cachedReport, reportCacheKey } from './report-cache.ts'
import { reportDeliveries, type ReportDelivery } from './report-deliveries.ts'
import { reportsFromRows } from './report-from-row.ts'

/** The account of a report, as the desk shows it before anybody says why they need more: revealAccount opens it. */
interface ReportAccount extends Pick<Known<Account>, 'asOf' | 'source'>, Pick<Account, 'meterNumber'>, Pick<Account['personal'], 'name' | 'medicalEquipment'> {
  masked: MaskedDetails
}

export interface DeskReport {
  report: OutageReported
  match: OutageMatched | null
  /** What its customer said later, in the log's order. */
  followUps: FollowUpFact[]
  /** Whether the core system has it, and each of those. */
  deliveries: ReportDelivery[]
  /** What staff did, in the log's order, with what came second. */
  handlings: HandlingFact[]
  /** Somebody at the desk has to do something. */
  open: boolean
  /** Other bodies that came under the same id. */
  conflicts: number
  /** Null when unmatched, or when the account cannot be read now. */
  account: ReportAccount | null
  /** ISO 8601 UTC of the newest event about this report. */
  asOf: string
  source: 'redis' | 'postgres'
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * One report in full, with its account, masked; null when there is none (yet).
 * Throws ReadsUnavailableError when neither Redis nor Postgres can answer.
 */
export async function getDeskReport(sources: ReadSources, id: string): Promise<DeskReport | null> {
  const reportId = id.toLowerCase()
  if (!UUID.test(reportId)) return null
  const { value, source } = await readOutages(sources, {
    fromRedis: async (redis) => {
      const text = await redis.get(reportCacheKey(reportId))
      return text === null ? null : cachedReport(text)
    },
    fromPostgres: async (database) => {
      const row = await database.outageReport.findUnique({ where: { reportId } })
      const [report] = row ? await reportsFromRows(database, [row]) : []
      return report ?? null
    },
  })
  if (!value) return null
  const { report, match, followUps, handlings, open, conflicts, asOf } = value
  const account = match ? await getAccount(sources, match.accountNumber).catch(unlessUnavailable) : null
  return { report, match, followUps, deliveries: reportDeliveries(value), handlings, open, conflicts, account: account && masked(account), asOf, source }
}

function masked({ asOf, source, value: { meterNumber, personal } }: Known<Account>): ReportAccount {
  return { asOf, source, meterNumber, name: personal.name, medicalEquipment: personal.medicalEquipment, masked: maskDetails(personal) }
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof ReadsUnavailableError) return null
  throw error
}
