import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import type { OutageMatch, OutageReport } from '../../prisma/client/client.ts'
import type { CachedReport } from './report-cache.ts'

/** Rows of the projection in the shape of the cache: the projector wrote them from validated events. */
export function reportFromRow(row: OutageReport, match: OutageMatch | null): CachedReport {
  const { hazardous: _derived, conflicts, version, asOf, acceptedAt, savedAt, startedAt, ...plain } = row
  const report = {
    ...plain,
    acceptedAt: acceptedAt.toISOString(),
    savedAt: savedAt.toISOString(),
    ...(startedAt ? { startedAt: startedAt.toISOString() } : {}),
  } as OutageReported
  const newest = match && match.version > version ? match : { version, asOf }
  return { v: newest.version, asOf: newest.asOf.toISOString(), report, match: match && matchFromRow(match), conflicts }
}

function matchFromRow({ reportId, accountNumber, servicePoint, circuit, transformer, matchedBy }: OutageMatch): OutageMatched {
  return { reportId, accountNumber, servicePoint, circuit, transformer, matchedBy: matchedBy as OutageMatched['matchedBy'] }
}
