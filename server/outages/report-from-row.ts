import type { DeliveryFact } from '../../domain/delivery.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import type { FollowUpFact } from '../../domain/followed-report.ts'
import type { OutageMatch, OutageReport, ReportDelivery, ReportFollowUp } from '../../prisma/client/client.ts'
import type { Database } from '../platform/database.ts'
import type { CachedReport } from './report-cache.ts'

/** Rows of the projection, with their matches, follow-ups and deliveries, in the shape of the cache: the projector wrote them from validated events. */
export async function reportsFromRows(database: Database, rows: readonly OutageReport[]): Promise<CachedReport[]> {
  const where = { reportId: { in: rows.map((row) => row.reportId) } }
  const [matches, followUps, deliveries] = await Promise.all([
    database.outageMatch.findMany({ where }), database.reportFollowUp.findMany({ where }), database.reportDelivery.findMany({ where }),
  ])
  const matchOf = new Map(matches.map((match) => [match.reportId, match]))
  const followUpsOf = Map.groupBy(followUps, ({ reportId }) => reportId)
  const deliveriesOf = Map.groupBy(deliveries, ({ reportId }) => reportId)
  return rows.map((row) => reportFromRow(row, matchOf.get(row.reportId) ?? null, followUpsOf.get(row.reportId) ?? [], deliveriesOf.get(row.reportId) ?? []))
}

function reportFromRow(row: OutageReport, match: OutageMatch | null, followUps: readonly ReportFollowUp[], deliveries: readonly ReportDelivery[]): CachedReport {
  const { hazardous: _derived, withdrawn: _too, conflicts, version, asOf, acceptedAt, savedAt, startedAt, occurred, ...plain } = row
  const report = {
    ...plain,
    acceptedAt: acceptedAt.toISOString(),
    savedAt: savedAt.toISOString(),
    ...(startedAt ? { startedAt: startedAt.toISOString() } : {}),
    ...(occurred ? { occurred } : {}),
  } as OutageReported
  const inOrder = followUps.toSorted((one, other) => (one.version < other.version ? -1 : 1))
  const deliveriesInOrder = deliveries.toSorted((one, other) => (one.version < other.version ? -1 : 1))
  const newest = [match, ...inOrder, ...deliveriesInOrder].reduce((held, other) => (other && other.version > held.version ? other : held), { version, asOf })
  return {
    v: newest.version, asOf: newest.asOf.toISOString(), report, match: match && matchFromRow(match), followUps: inOrder.map(followUpFromRow),
    deliveries: deliveriesInOrder.map(deliveryFromRow), conflicts,
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
