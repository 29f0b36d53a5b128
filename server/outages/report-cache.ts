import type { Redis } from 'ioredis'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'

/** What stands under `report:{id}`. */
export interface CachedReport {
  v: string
  asOf: string
  report: OutageReported
  match: OutageMatched | null
  conflicts: number
}

export const reportCacheKey = (reportId: string): string => `report:${reportId}`
/** Sorted sets of report ids, scored by acceptedAt in milliseconds. */
export const reportSets = {
  all: 'reports:all',
  hazard: 'reports:hazard',
  unmatched: 'reports:unmatched',
  conflict: 'reports:conflict',
  ofCircuit: (circuit: string): string => `reports:circuit:${circuit.replaceAll('|', ' ')}`,
} as const

/** Pub/sub: `{ id }` after each change of a report. A channel is one for the whole server, so it names the logical database. */
export const deskChannel = (redis: Redis): string => `desk:${redis.options.db ?? 0}`
