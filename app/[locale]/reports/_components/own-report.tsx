'use client'
import { useEffect, useRef } from 'react'
import { type BadgeTone, StatusBadge } from '../../../../components/status-badge.tsx'
import { type ReportRecord, type ReportState, stateOf } from '../../../../worker/outbox/report-record.ts'
import type { OutboxView } from '../../report/_components/outbox-view.ts'
import type { PageOutbox } from '../../report/_components/page-outbox.ts'
import { Attention, Waiting } from '../../report/_components/report-card.tsx'
import { ReportProgress } from '../../report/_components/report-progress.tsx'
import { useReportText } from '../../report/_components/report-text.tsx'
import { useReportStanding } from '../../report/_components/use-report-standing.ts'
import { CorrectedTime } from './corrected-time.tsx'
import { followUpsOf } from './follow-ups-of.ts'
import { isWithdrawn } from './is-withdrawn.ts'
import { type OpenPanel, ReportActions } from './report-actions.tsx'
import { ReportChanges } from './report-changes.tsx'
import { ReportDetails } from './report-details.tsx'
import { useReportsText } from './reports-text.tsx'
import { StillOutQuestion } from './still-out-question.tsx'
import styles from './own-report.module.css'

type OwnState = ReportState | 'withdrawn'

const TONES: Record<OwnState, BadgeTone> = { saved: 'info', sending: 'info', received: 'ok', 'needs-attention': 'warn', withdrawn: 'quiet' }

interface Props {
  record: ReportRecord
  page: PageOutbox
  view: OutboxView
  /** Named by the address: shown opened. */
  chosen: boolean
  panel: OpenPanel | null
  onPanel: (panel: OpenPanel | null) => void
}

/** One report of this phone: its true state, what the utility says of it, and what can still be said about it. */
export function OwnReport({ record, page, view, chosen, panel, onPanel }: Props) {
  const { text, phones, timeOf } = useReportText()
  const words = useReportsText()
  const article = useRef<HTMLElement>(null)
  const { standing } = useReportStanding(record)
  const followUps = followUpsOf(view, record.id)
  const hazardous = [record, ...followUps].some(({ hazards }) => hazards.length > 0)
  const dangerOnItsWay = [record, ...followUps].some(({ hazards, received }) => hazards.length > 0 && !received)
  const state: OwnState = isWithdrawn(followUps, standing) ? 'withdrawn' : stateOf(record, view.atMs)
  const durable = view.disk === 'works'
  const titleId = `title-${record.id}`

  // The list comes from the disk, long after the browser has looked for what its address names.
  useEffect(() => {
    if (!chosen) return
    article.current?.scrollIntoView({ block: 'start' })
    article.current?.focus({ preventScroll: true })
  }, [chosen])

  return (
    <article ref={article} id={record.id} tabIndex={-1} className={styles.report} aria-labelledby={titleId} data-report={record.id} data-state={state}>
      <header className={styles.head}>
        <h2 id={titleId} tabIndex={-1} className={styles.place}>
          {record.place || text('byLocation')}
        </h2>
        <StatusBadge tone={TONES[state]} label={stateWords()} />
      </header>
      <p className={styles.facts}>
        <span>
          {text('reference')} <strong className={styles.reference}>{record.reference}</strong>
        </span>
        <span>{text('savedAt', { time: timeOf(record.savedAtMs) })}</span>
        {record.received ? <span>{text('receivedAt', { time: timeOf(Date.parse(record.received.acceptedAt)) })}</span> : null}
      </p>
      <CorrectedTime record={record} standing={standing} />
      {dangerOnItsWay ? <p className={styles.hazard}>{text('hazardReported', { emergency: phones.emergency.shown })}</p> : null}
      {state === 'saved' ? <Waiting record={record} nowMs={view.atMs} durable={durable} onSend={page.send} /> : null}
      {state === 'sending' ? <p>{text('sendingText')}</p> : null}
      {state === 'needs-attention' ? <Attention record={record} onRetry={page.retry} /> : null}
      {record.received ? <ReportProgress record={record} withdrawn={state === 'withdrawn'} /> : null}
      <StillOutQuestion record={record} page={page} view={view} />
      <ReportDetails record={record} open={chosen} />
      <ReportChanges record={record} page={page} view={view} />
      <ReportActions
        record={record}
        page={page}
        view={view}
        hazardous={hazardous}
        withdrawing={state === 'withdrawn' || followUps.some(({ kind }) => kind === 'withdraw')}
        panel={panel}
        onPanel={onPanel}
      />
    </article>
  )

  function stateWords(): string {
    if (state === 'withdrawn') return words('withdrawn')
    return state === 'saved' && !durable ? text('stateMemory') : text(`state.${state}`)
  }
}
