'use client'
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { AgeNote } from '../../../components/age-note.tsx'
import { Callout } from '../../../components/callout.tsx'
import { ChoiceMenu } from '../../../components/choice-menu.tsx'
import type { DeskEntry } from '../../../server/outages/desk-entry.ts'
import type { DeskView } from '../desk-view.ts'
import { useDeskText } from './desk-text.tsx'
import styles from './desk-board.module.css'
import { MarksDialog } from './marks-dialog.tsx'
import { ReportRow } from './report-row.tsx'
import { useDeskStream } from './use-desk-stream.ts'

/** Also without a word from the stream: a list that is silently old is worse than one look too many. */
const LOOK_AGAIN_MS = 15_000
const ANSWER_WITHIN_MS = 8_000
const QUERY_KEY = ['desk']

const filters = {
  all: () => true,
  hazards: (report: DeskEntry) => report.hazardous,
  unmatched: (report: DeskEntry) => !report.matched && !report.withdrawn,
  conflicts: (report: DeskEntry) => report.conflicts > 0,
  withdrawn: (report: DeskEntry) => report.withdrawn,
} as const
type Filter = keyof typeof filters

export function DeskBoard({ initial, limit }: { initial: DeskView; limit: number }) {
  const [queries] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={queries}>
      <Board initial={initial} limit={limit} />
    </QueryClientProvider>
  )
}

function Board({ initial, limit }: { initial: DeskView; limit: number }) {
  const { text } = useDeskText()
  const [filter, setFilter] = useState<Filter>('all')
  const queries = useQueryClient()
  const stream = useDeskStream(() => void queries.invalidateQueries({ queryKey: QUERY_KEY }))
  const desk = useQuery({ queryKey: QUERY_KEY, queryFn: fetchDesk, initialData: initial, refetchInterval: LOOK_AGAIN_MS, retry: false, networkMode: 'always' })
  const view = desk.data
  const shown = view.reports.filter(filters[filter])
  const choice = (value: Filter, label: string) => ({ value, label: `${label} (${view.reports.filter(filters[value]).length})` })
  return (
    <div className={styles.board}>
      <DeskNotices view={view} sessionOver={desk.error instanceof SessionOverError} />
      <div className={styles.tools}>
        <p className={styles.state} role="status">
          <span className={stream === 'live' && !desk.isError ? styles.live : styles.lagging}>
            {stream === 'live' && !desk.isError ? text('desk.live') : text('desk.reconnecting')}
          </span>
          {view.asOf === null ? null : <span>{text('desk.count', { count: view.reports.length })}</span>}
        </p>
        <div className={styles.choices}>
          <MarksDialog />
          <ChoiceMenu
            label={text('desk.show')}
            value={filter}
            onChange={setFilter}
            choices={[
              choice('all', text('desk.showAll')),
              choice('hazards', text('desk.showHazards')),
              choice('unmatched', text('desk.showUnmatched')),
              choice('conflicts', text('desk.showConflicts')),
              choice('withdrawn', text('desk.showWithdrawn')),
            ]}
          />
        </div>
      </div>
      {shown.length > 0 ? (
        <ol role="list" className={styles.list}>
          {shown.map((report) => (
            <ReportRow key={report.id} report={report} />
          ))}
        </ol>
      ) : null}
      {shown.length === 0 && view.asOf !== null ? <p className={styles.none}>{filter === 'all' ? text('desk.none') : text('desk.noneHere')}</p> : null}
      {view.reports.length >= limit ? <p className={styles.limited}>{text('desk.limited', { count: limit })}</p> : null}
    </div>
  )
}

function DeskNotices({ view, sessionOver }: { view: DeskView; sessionOver: boolean }) {
  const { text, locale, time } = useDeskText()
  if (sessionOver) {
    return (
      <Callout kind="warn" title={text('desk.sessionOver')} announce>
        <a href="/sign-in">{text('desk.signInAgain')}</a>
      </Callout>
    )
  }
  if (view.asOf === null) return <Callout kind="danger" title={text('desk.listUnavailable')} announce />
  if (view.current) return null
  return (
    <>
      <Callout kind="warn" title={text('desk.listFromBefore')} announce />
      <p>
        <AgeNote asOf={view.asOf} locale={locale} before={text('desk.listReadLast')} fallback={time(view.asOf)} />
      </p>
    </>
  )
}

class SessionOverError extends Error {}

async function fetchDesk({ signal }: { signal: AbortSignal }): Promise<DeskView> {
  const response = await fetch('/desk/reports', { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) })
  if (response.status === 401) throw new SessionOverError('The session is over')
  if (!response.ok) throw new Error(`The desk answered ${response.status}`)
  return (await response.json()) as DeskView
}
