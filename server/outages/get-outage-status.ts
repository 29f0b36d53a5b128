import type { Clock } from '../../domain/clock.ts'
import type { Utility } from '../../domain/utility.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { readOutages } from './read-outages.ts'
import { reportSets } from './report-cache.ts'

type OutageLevel = 'calm' | 'elevated' | 'storm'

export interface OutageStatus {
  level: OutageLevel
  /** ISO 8601 UTC. */
  asOf: string
}

export interface Nearby {
  nearby: 'reported' | 'none-known'
  /** ISO 8601 UTC. */
  asOf: string
}

/** How busy the outage line is, by reports in the utility's window that stand. Throws ReadsUnavailableError. */
export async function getOutageStatus(sources: ReadSources, clock: Clock, utility: Utility): Promise<OutageStatus> {
  const sinceMs = windowStartMs(clock, utility)
  const { value: reports, currentAt } = await readOutages(sources, {
    fromRedis: async (redis) => {
      const [all, withdrawn] = await Promise.all([reportSets.all, reportSets.withdrawn].map((set) => redis.zcount(set, sinceMs, '+inf')))
      return all! - withdrawn!
    },
    fromPostgres: (database) => database.outageReport.count({ where: { acceptedAt: { gte: new Date(sinceMs) }, withdrawn: false } }),
  })
  const { elevatedReports, stormReports } = utility.outages
  const level = reports >= stormReports ? 'storm' : reports >= elevatedReports ? 'elevated' : 'calm'
  return { level, asOf: currentAt ?? new Date(0).toISOString() }
}

/**
 * Whether others on a circuit reported too: from the utility's minimum on, so that one neighbour is never revealed.
 * Throws ReadsUnavailableError.
 */
export async function getNearby(sources: ReadSources, circuit: string, clock: Clock, utility: Utility): Promise<Nearby> {
  const sinceMs = windowStartMs(clock, utility)
  const { value: reports, currentAt } = await readOutages(sources, {
    fromRedis: (redis) => redis.zcount(reportSets.ofCircuit(circuit), sinceMs, '+inf'),
    fromPostgres: async (database) => {
      const [counted] = await database.$queryRaw<[{ reports: number }]>`
        SELECT count(*)::int AS reports FROM portal.outage_match JOIN portal.outage_report USING (report_id)
        WHERE circuit = ${circuit} AND accepted_at >= ${new Date(sinceMs)} AND NOT withdrawn`
      return counted.reports
    },
  })
  const nearby = reports >= utility.outages.nearbyMinimumReports ? 'reported' : 'none-known'
  return { nearby, asOf: currentAt ?? new Date(0).toISOString() }
}

function windowStartMs(clock: Clock, utility: Utility): number {
  return Math.floor(clock.nowMs()) - utility.outages.nearbyWindowMinutes * 60_000
}
