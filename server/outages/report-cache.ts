import type { Redis } from 'ioredis'
import type { DeliveryFact } from '../../domain/delivery.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import type { FollowUpFact } from '../../domain/followed-report.ts'

/** What stands under `report:{id}`. */
export interface CachedReport {
  v: string
  asOf: string
  report: OutageReported
  match: OutageMatched | null
  /** In the log's order. */
  followUps: FollowUpFact[]
  /** What the log says of handing it over, and what followed it, in its order. */
  deliveries: DeliveryFact[]
  conflicts: number
}

/** What was read there. What was written before there were follow-ups, or deliveries, has none. */
export function cachedReport(text: string): CachedReport {
  return { followUps: [], deliveries: [], ...(JSON.parse(text) as Omit<CachedReport, 'followUps' | 'deliveries'>) }
}

export const reportCacheKey = (reportId: string): string => `report:${reportId}`
/** Sorted sets of report ids, scored by acceptedAt in milliseconds. */
export const reportSets = {
  all: 'reports:all',
  hazard: 'reports:hazard',
  unmatched: 'reports:unmatched',
  conflict: 'reports:conflict',
  withdrawn: 'reports:withdrawn',
  /** Of those of which the core system refused something that nobody asked it for again. */
  undeliverable: 'reports:undeliverable',
  /** Of those that were not withdrawn. */
  ofCircuit: (circuit: string): string => `reports:circuit:${circuit.replaceAll('|', ' ')}`,
  /** Of those matched to an account, withdrawn or not. */
  ofAccount: (accountKey: string): string => `account-reports:${accountKey.replaceAll('|', ' ')}`,
} as const

/** Pub/sub: `{ id }` after each change of a report. A channel is one for the whole server, so it names the logical database. */
export const deskChannel = (redis: Redis): string => `desk:${redis.options.db ?? 0}`
