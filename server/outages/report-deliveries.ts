import { deliveryState, type DeliveryStanding } from '../../domain/delivery.ts'
import type { CachedReport } from './report-cache.ts'

const KINDS = { 'outage.withdrawn.v1': 'withdrawn', 'outage.added-to.v1': 'added-to', 'outage.confirmed.v1': 'confirmed' } as const

/** A report, or what followed it, and whether the core system has it. */
export interface ReportDelivery {
  deliveryId: string
  /** `matched`: the match of a report that was handed over without one. */
  kind: 'report' | 'matched' | (typeof KINDS)[keyof typeof KINDS]
  standing: DeliveryStanding
}

/** Of one report: itself first, then what followed, in the log's order. */
export function reportDeliveries({ report, followUps, deliveries }: Pick<CachedReport, 'report' | 'followUps' | 'deliveries'>): ReportDelivery[] {
  const factsOf = Map.groupBy(deliveries, ({ data }) => data.deliveryId)
  const known = new Map<string, ReportDelivery['kind']>([[report.reportId, 'report'], ...followUps.map(({ type, data }) => [data.followUpId, KINDS[type]] as const)])
  // What has facts and is no follow-up of the customer was told by us.
  for (const deliveryId of factsOf.keys()) if (!known.has(deliveryId)) known.set(deliveryId, 'matched')
  return [...known].map(([deliveryId, kind]) => ({ deliveryId, kind, standing: deliveryState(factsOf.get(deliveryId) ?? []) }))
}
