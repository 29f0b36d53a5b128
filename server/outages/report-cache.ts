import type { Redis } from 'ioredis'
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
  conflicts: number
}

/** What was read there. What was written before there were follow-ups has none. */
export function cachedReport(text: string): CachedReport {
  return { followUps: [], ...(JSON.parse(text) as Omit<CachedReport, 'followUps'>) }
}

export const reportCacheKey = (reportId: string): string => `report:${reportId}`
/** Sorted sets of report ids, scored by acceptedAt in milliseconds. */
export const reportSets = {
  all: 'reports:all',
  hazard: 'reports:hazard',
  unmatched: 'reports:unmatched',
  conflict: 'reports:conflict',
  withdrawn: 'reports:withdrawn',
  /** Of those that were not withdrawn. */
  ofCircuit: (circuit: string): string => `reports:circuit:${circuit.replaceAll('|', ' ')}`,
} as const

/** Pub/sub: `{ id }` after each change of a report. A channel is one for the whole server, so it names the logical database. */
export const deskChannel = (redis: Redis): string => `desk:${redis.options.db ?? 0}`
