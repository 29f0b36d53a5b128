'use client'
import { useQuery } from '@tanstack/react-query'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { type OwnStanding, readReportStanding } from './read-server.ts'

const REFRESH_MS = 30_000
/** Beyond this an answer is no longer how things are, whatever the line is like. */
const CURRENT_MS = 2 * 60_000
const DAY_MS = 24 * 60 * 60_000
/** Little changes later: a phone with fifty reports of last week does not ask about each at every opening of a page. */
const LIVELY_MS = 2 * DAY_MS

export interface HeardStanding {
  /** What the utility said last; null when it was never heard. */
  standing: OwnStanding | null
  /** When that was heard, by the phone's clock. */
  heardAtMs: number
  /** False when the last look failed, or was minutes ago: then the age belongs beside it. */
  current: boolean
}

/** Where a report stands behind the door, live while its page is looked at; kept on the phone for when nothing answers. */
export function useReportStanding(record: ReportRecord): HeardStanding {
  const look = ({ state }: { state: { dataUpdatedAt: number } }) => (isWorthALook(record, state.dataUpdatedAt) ? 'always' : false)
  const { data, isError, isStale, failureCount, dataUpdatedAt } = useQuery({
    queryKey: ['report-standing', record.id],
    queryFn: ({ signal }) => readReportStanding(record, signal),
    enabled: record.received !== null,
    staleTime: CURRENT_MS,
    refetchInterval: () => (isLively(record) ? REFRESH_MS : false),
    refetchOnMount: look,
    refetchOnWindowFocus: look,
    refetchOnReconnect: look,
  })
  return { standing: data ?? null, heardAtMs: dataUpdatedAt, current: !isError && !isStale && failureCount === 0 }
}

function isLively({ received }: ReportRecord): boolean {
  return received !== null && Date.now() - received.atMs < LIVELY_MS
}

function isWorthALook(record: ReportRecord, heardAtMs: number): boolean {
  return isLively(record) || Date.now() - heardAtMs > DAY_MS
}
