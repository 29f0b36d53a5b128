'use client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { AgeNote } from '../../../components/age-note.tsx'
import { Button } from '../../../components/button.tsx'
import { Callout } from '../../../components/callout.tsx'
import spoken from '../../../components/spoken.module.css'
import type { HandlingStep } from '../../../domain/handling-steps.ts'
import { NEXT_HANDLING } from '../../../domain/handling.ts'
import type { Staff } from '../../../server/identity/staff.ts'
import type { DeskEntry } from '../../../server/outages/desk-entry.ts'
import type { DeskView } from '../desk-view.ts'
import { countChoices, filterReports } from './desk-filter.ts'
import { DeskFilters, FIRST_FILTER_ID } from './desk-filters.tsx'
import { useDeskKeys } from './desk-keys.tsx'
import { useDeskText } from './desk-text.tsx'
import styles from './desk-board.module.css'
import { MarksDialog } from './marks-dialog.tsx'
import { ReportRow } from './report-row.tsx'
import { useArrivals } from './use-arrivals.ts'
import { useDeskFilter } from './use-desk-filter.ts'
import { useDeskView } from './use-desk-view.ts'
import { useHandling, withPending } from './use-handling.ts'
import { useListFocus } from './use-list-focus.ts'

/** Rows at first, and more with each press: what nobody looks at need not be drawn. */
const PAGE_ROWS = 100

interface DeskBoardProps {
  initial: DeskView
  /** Reports that the list holds at the most. */
  limit: number
  staff: Pick<Staff, 'staffId' | 'name'>
  mayHandle: boolean
}

export function DeskBoard(props: DeskBoardProps) {
  const [queries] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={queries}>
      <Board {...props} />
    </QueryClientProvider>
  )
}

function Board({ initial, limit, staff, mayHandle }: DeskBoardProps) {
  const { text } = useDeskText()
  const [filter, setFilter] = useDeskFilter()
  const { view, standing, sessionOver } = useDeskView(initial, filter.order, limit)
  const [said, setSaid] = useState('')
  const { act, pending } = useHandling(staff, setSaid)
  const reports = useMemo(() => view.reports.map((report) => withOpenness(report, withPending(report, pending))), [view.reports, pending])
  const shown = useMemo(() => filterReports(reports, filter, staff.staffId), [reports, filter, staff.staffId])
  const counts = useMemo(() => countChoices(reports, filter, staff.staffId), [reports, filter, staff.staffId])
  const [rows, setRows] = useState(PAGE_ROWS)
  const page = shown.slice(0, rows)
  const list = useRef<HTMLOListElement>(null)
  const focus = useListFocus(list, useMemo(() => page.map(({ id }) => id), [page]))
  const arrived = useArrivals(view.reports)

  const step = (report: DeskEntry, done: HandlingStep) => {
    if (mayHandle) void act(report, done)
    else setSaid(text('desk.handling.forbidden'))
  }
  const latestStep = useRef(step)
  useEffect(() => {
    latestStep.current = step
  })
  const onStep = useCallback((report: DeskEntry, done: HandlingStep) => latestStep.current(report, done), [])
  const move = (by: 1 | -1) => {
    const at = shown.findIndex(({ id }) => id === focus.current())
    const next = shown[at === -1 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))]
    if (!next) return
    if (!page.includes(next)) setRows(rows + PAGE_ROWS)
    focus.focus(next.id)
  }
  const onChosen = (done: (report: DeskEntry) => HandlingStep) => () => {
    const report = page.find(({ id }) => id === focus.current())
    if (!report) return setSaid(text('desk.handling.chooseFirst'))
    const { handling: { state, by }, reference } = report
    const isOthers = state === 'claimed' && by?.staffId !== staff.staffId
    const asked = done(report)
    if (!NEXT_HANDLING[state][asked]) setSaid(text('desk.handling.notNow', { reference }))
    else if (asked === 'claimed' && isOthers) setSaid(text('desk.handling.takenBy', { name: by?.name ?? '' }))
    else step(report, asked)
  }
  useDeskKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => focus.hasFocus() && move(1),
    ArrowUp: () => focus.hasFocus() && move(-1),
    c: onChosen(({ handling: { state, by } }) => (state === 'claimed' && by?.staffId === staff.staffId ? 'released' : 'claimed')),
    r: onChosen(() => 'resolved'),
    u: onChosen(() => 'reopened'),
    f: () => document.getElementById(FIRST_FILTER_ID)?.focus(),
  })

  return (
    <div className={styles.board}>
      <DeskNotices view={view} sessionOver={sessionOver} />
      <div className={styles.tools}>
        <p className={styles.state}>
          <span role="status" className={styles[standing]}>
            {text(`desk.${standing}`)}
          </span>
          {view.asOf === null ? null : <span>{text('desk.filter.totals', { open: view.totals.open, all: view.totals.all })}</span>}
        </p>
        <MarksDialog />
      </div>
      <DeskFilters filter={filter} counts={counts} onChange={setFilter} />
      <p className={said ? styles.said : spoken.spoken} role="status">
        {said}
      </p>
      <output className={spoken.spoken}>
        {arrived ? [text('desk.filter.arrived', { count: arrived.reports }), arrived.hazards > 0 ? text('desk.filter.arrivedHazards', { count: arrived.hazards }) : null].filter(Boolean).join(', ') : ''}
      </output>
      {shown.length > 0 ? (
        <ol ref={list} role="list" aria-label={text('desk.filter.list')} className={styles.list}>
          {page.map((report) => (
            <ReportRow key={report.id} report={report} staffId={staff.staffId} onStep={mayHandle ? onStep : null} />
          ))}
        </ol>
      ) : null}
      {shown.length > page.length ? <Button onClick={() => setRows(rows + PAGE_ROWS)}>{text('desk.filter.more', { count: Math.min(PAGE_ROWS, shown.length - page.length) })}</Button> : null}
      {shown.length === 0 && view.asOf !== null ? <p className={styles.none}>{view.totals.all === 0 ? text('desk.none') : text('desk.noneHere')}</p> : null}
      {view.totals.all > view.reports.length ? <p className={styles.limited}>{text('desk.filter.limited', { count: view.reports.length })}</p> : null}
    </div>
  )
}

/** What was just done decides at once where the report stands in the list. */
function withOpenness(before: DeskEntry, after: DeskEntry): DeskEntry {
  if (before === after || before.handling.state === after.handling.state) return after
  const open = after.handling.state !== 'resolved' && (!after.withdrawn || after.hazards.length > 0)
  return { ...after, open, hazardous: open && after.hazards.length > 0 }
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
