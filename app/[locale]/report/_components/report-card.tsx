'use client'
import type { MouseEvent, ReactNode } from 'react'
import { Button, ButtonLink } from '../../../../components/button.tsx'
import { type FollowUpRecord, stateOf, type ReportRecord, type ReportState } from '../../../../worker/outbox/report-record.ts'
import { isWithdrawn } from '../../reports/_components/is-withdrawn.ts'
import { focusHeadingOf } from './focus-heading-of.ts'
import { RefusalWords } from './refusal-words.tsx'
import { ReportProgress } from './report-progress.tsx'
import { useReportText } from './report-text.tsx'
import { RetryButton } from './retry-button.tsx'
import { ToldWords } from './told-words.tsx'
import { useReportStanding } from './use-report-standing.ts'
import styles from './report-card.module.css'

/** A clock time nearer than this says less than "in a moment". */
const SOON_MS = 60_000

interface Actions {
  onSend: () => void
  onRetry: (id: string) => Promise<boolean>
  onCorrect: (record: ReportRecord) => void
}

interface Props extends Actions {
  record: ReportRecord
  /** What was said about it since. */
  followUps: readonly FollowUpRecord[]
  nowMs: number
  durable: boolean
  /** What the customer is asked about it. */
  question: ReactNode
}

/** One report of this phone with its true state, in words, shape and colour. */
export function ReportCard({ record, followUps, nowMs, durable, question, onSend, onRetry, onCorrect }: Props) {
  const { text, phones, timeOf } = useReportText()
  const { standing } = useReportStanding(record)
  const state = stateOf(record, nowMs)
  const withdrawn = isWithdrawn(followUps, standing)
  const titleId = `report-${record.id}`
  return (
    <article className={`${styles.card} ${styles[withdrawn ? 'withdrawn' : state]}`} aria-labelledby={titleId} data-report={record.id} data-state={state}>
      <StateSign state={state} />
      <div className={styles.words}>
        <h3 id={titleId} tabIndex={-1} className={styles.state}>
          {titleOf(state)}
        </h3>
        {record.hazards.length > 0 && state !== 'received' ? (
          <p className={styles.hazard}>{text('hazardReported', { emergency: phones.emergency.shown })}</p>
        ) : null}
        {state === 'saved' ? <Waiting record={record} nowMs={nowMs} durable={durable} onSend={onSend} /> : null}
        {state === 'sending' ? <p>{text('sendingText')}</p> : null}
        {state === 'needs-attention' ? <Attention record={record} onRetry={onRetry} onCorrect={onCorrect} /> : null}
        {state === 'received' && !withdrawn ? <p>{text('receivedText')}</p> : null}
        {record.received ? <ReportProgress record={record} withdrawn={withdrawn} /> : null}
        {question}
        {durable || record.received ? null : <ToldWords record={record} />}
        <p className={styles.facts}>
          {state === 'received' ? null : (
            <span>
              {text('reference')} <strong className={styles.reference}>{record.reference}</strong>
            </span>
          )}
          <span>{record.place || text('byLocation')}</span>
          <span>{record.received ? text('receivedAt', { time: timeOf(Date.parse(record.received.acceptedAt)) }) : text('savedAt', { time: timeOf(record.savedAtMs) })}</span>
        </p>
      </div>
    </article>
  )

  function titleOf(state: ReportState): string {
    if (state === 'received') return text('receivedReference', { reference: record.reference })
    return state === 'saved' && !durable ? text('stateMemory') : text(`state.${state}`)
  }
}

/** Why a saved report has not gone out yet, and what happens next. */
export function Waiting({ record, nowMs, durable, onSend }: { record: ReportRecord; nowMs: number; durable: boolean; onSend: () => void }) {
  const { text, timeOf } = useReportText()
  const { retry } = record
  // Then a tap changes nothing: the door takes others first, and a phone that comes early is sent away again.
  const isAsked = retry?.reason === 'busy' && retry.askedByServer && retry.atMs - nowMs >= SOON_MS
  return (
    <>
      <p>{durable ? text('savedText') : text('memoryText')}</p>
      {retry ? <p>{isAsked ? text(retry.bySlot ? 'waiting.slot' : 'waiting.asked', { time: timeOf(retry.atMs) }) : `${text(`waiting.${retry.reason}`)} ${nextTry(retry.atMs)}`}</p> : null}
      {retry && !isAsked ? (
        <p>
          <Button onClick={sendNow}>{text('tryNow')}</Button>
        </p>
      ) : null}
    </>
  )

  function sendNow(event: MouseEvent<HTMLButtonElement>) {
    focusHeadingOf(event.currentTarget.closest('article'))
    onSend()
  }

  function nextTry(atMs: number): string {
    return atMs - nowMs < SOON_MS ? text('tryAgainSoon') : text('tryAgainAt', { time: timeOf(atMs) })
  }
}

/** Why a report cannot be taken as it is, and what the customer can do. Without `onCorrect` the report page is opened for it. */
export function Attention({ record, onRetry, onCorrect }: { record: ReportRecord } & Pick<Actions, 'onRetry'> & Partial<Actions>) {
  const { text, locale, phones } = useReportText()
  const { attention } = record
  if (!attention) return null
  return (
    <>
      <p>
        <RefusalWords attention={attention} />
      </p>
      <p>{text('attentionWhat')}</p>
      {attention.traceId ? <p className={styles.soft}>{text('attentionCode', { code: attention.traceId.slice(0, 8) })}</p> : null}
      <p className={styles.actions}>
        <ButtonLink look="primary" href={`tel:${phones.outageLine.dial}`}>
          {text('call', { number: phones.outageLine.shown })}
        </ButtonLink>
        {onCorrect ? (
          <Button onClick={() => onCorrect(record)}>{text('attentionCorrect')}</Button>
        ) : (
          <ButtonLink href={`/${locale}/report#${record.id}`}>{text('attentionCorrect')}</ButtonLink>
        )}
        <RetryButton id={record.id} onRetry={onRetry} />
      </p>
    </>
  )
}

const PATHS: Record<ReportState, string> = {
  saved: 'M8 3.5h8a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 19V5A1.5 1.5 0 0 1 8 3.5zM11 17.5h2',
  sending: 'M12 19V5m0 0l-6 6m6-6l6 6',
  received: 'M5 12.5l4.5 4.5L19 7.5',
  'needs-attention': 'M12 5v9m0 4v.5',
}

function StateSign({ state }: { state: ReportState }) {
  return (
    <svg className={styles.sign} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[state]} fill="none" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
