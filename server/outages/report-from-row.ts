import type { DeliveryFact } from '../../domain/delivery.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import type { FollowUpFact } from '../../domain/followed-report.ts'
import type { HandlingFact } from '../../domain/handling.ts'
import type { OutageMatch, OutageReport, ReportDelivery, ReportFollowUp, ReportHandling } from '../../prisma/client/client.ts'
import type { Database } from '../platform/database.ts'
import type { CachedReport } from './report-cache.ts'

/** Rows of the projection, with their matches, follow-ups, deliveries and handlings, in the shape of the cache: the projector wrote them from validated events. */
export async function reportsFromRows(database: Database, rows: readonly OutageReport[]): Promise<CachedReport[]> {
  const where = { reportId: { in: rows.map((row) => row.reportId) } }
  const [matches, followUps, deliveries, handlings] = await Promise.all([
    database.outageMatch.findMany({ where }), database.reportFollowUp.findMany({ where }),
    database.reportDelivery.findMany({ where }), database.reportHandling.findMany({ where }),
  ])
  const matchOf = new Map(matches.map((match) => [match.reportId, match]))
  const [followUpsOf, deliveriesOf, handlingsOf] = [inOrderByReport(followUps), inOrderByReport(deliveries), inOrderByReport(handlings)]
  return rows.map((row) => reportFromRow(row, {
    match: matchOf.get(row.reportId) ?? null, followUps: followUpsOf(row), deliveries: deliveriesOf(row), handlings: handlingsOf(row),
  }))
}

function inOrderByReport<R extends { reportId: string; version: string }>(rows: readonly R[]): (of: { reportId: string }) => R[] {
  const byReport = Map.groupBy(rows.toSorted((one, other) => (one.version < other.version ? -1 : 1)), ({ reportId }) => reportId)
  return ({ reportId }) => byReport.get(reportId) ?? []
}

interface Around {
  match: OutageMatch | null
  /** Each in the log's order. */
  followUps: readonly ReportFollowUp[]
  deliveries: readonly ReportDelivery[]
  handlings: readonly ReportHandling[]
}

function reportFromRow(row: OutageReport, { match, followUps, deliveries, handlings }: Around): CachedReport {
  const { hazardous: _derived, withdrawn: _too, open, conflicts, version, asOf, acceptedAt, savedAt, startedAt, occurred, ...plain } = row
  const report = {
    ...plain,
    acceptedAt: acceptedAt.toISOString(),
    savedAt: savedAt.toISOString(),
    ...(startedAt ? { startedAt: startedAt.toISOString() } : {}),
    ...(occurred ? { occurred } : {}),
  } as OutageReported
  const newest = [match, ...followUps, ...deliveries, ...handlings].reduce((held, other) => (other && other.version > held.version ? other : held), { version, asOf })
  return {
    v: newest.version, asOf: newest.asOf.toISOString(), report, match: match && matchFromRow(match), followUps: followUps.map(followUpFromRow),
    deliveries: deliveries.map(deliveryFromRow), handlings: handlings.map(handlingFromRow), conflicts, open,
  }
}

function matchFromRow({ reportId, accountNumber, servicePoint, circuit, transformer, matchedBy }: OutageMatch): OutageMatched {
  return { reportId, accountNumber, servicePoint, circuit, transformer, matchedBy: matchedBy as OutageMatched['matchedBy'] }
}

function followUpFromRow({ type, data }: ReportFollowUp): FollowUpFact {
  return { type, data } as unknown as FollowUpFact
}

function deliveryFromRow({ type, data }: ReportDelivery): DeliveryFact {
  return { type, data } as unknown as DeliveryFact
}

function handlingFromRow({ stepId, lost, data }: ReportHandling): HandlingFact {
  return { stepId, lost, data: data as unknown as HandlingFact['data'] }
}
