import type { DeliveryFact } from '../../domain/delivery.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import type { FollowUpFact } from '../../domain/followed-report.ts'
import type { HandlingFact } from '../../domain/handling.ts'

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
  /** What staff did, in its order, with what came second. */
  handlings: HandlingFact[]
  conflicts: number
  /** Somebody at the desk has to do something: see reportSets.open. */
  open: boolean
}

/** What was read there. What was written before there were follow-ups, deliveries or handlings has none. */
export function cachedReport(text: string): CachedReport {
  return { followUps: [], deliveries: [], handlings: [], open: true, ...(JSON.parse(text) as Pick<CachedReport, 'v' | 'asOf' | 'report' | 'match' | 'conflicts'>) }
}

export const reportCacheKey = (reportId: string): string => `report:${reportId}`
/** Sorted sets of report ids, scored by acceptedAt in milliseconds. */
export const reportSets = {
  all: 'reports:all',
  /** Neither withdrawn, unless its danger stands, nor resolved, unless a danger was added since. */
  open: 'reports:open',
  /** Open, with a danger: these stand first. */
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
