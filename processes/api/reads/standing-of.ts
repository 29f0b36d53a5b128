import { followedReport } from '../../../domain/followed-report.ts'
import { getDeskReport } from '../../../server/outages/get-desk-report.ts'
import type { ReadSources } from '../../../server/platform/read-sources.ts'
import type { KnownStanding } from '../door/context.ts'

/** What the projections know of a report beyond the log; null when it has not reached them. */
export async function standingOf(sources: ReadSources, id: string): Promise<KnownStanding | null> {
  const known = await getDeskReport(sources, id)
  if (!known) return null
  const { report, match, followUps, asOf } = known
  const { state, confirmation, additions } = followedReport(report, { matched: match !== null, followUps })
  return { state, confirmation, additions, asOf }
}
