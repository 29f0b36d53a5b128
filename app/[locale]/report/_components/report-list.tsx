'use client'
import { type Ref, useEffect, useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import spoken from '../../../../components/spoken.module.css'
import { type ReportRecord, stateOf } from '../../../../worker/outbox/report-record.ts'
import { sendsWhenClosed } from './browser-send.ts'
import { followUpsOf } from '../../reports/_components/follow-ups-of.ts'
import { StillOutQuestion } from '../../reports/_components/still-out-question.tsx'
import { askToKeep, isKept, type Keeping } from './keep-data.ts'
import { ReportCard } from './report-card.tsx'
import { useReportText } from './report-text.tsx'
import type { OutboxView, PageOutbox } from './page-outbox.ts'
import styles from './report-page.module.css'

interface Props {
  page: PageOutbox
  view: OutboxView
  /** A report was saved on this page: then the browser is asked to keep it. */
  justSaved: boolean
  headingRef: Ref<HTMLHeadingElement>
  onCorrect: (record: ReportRecord) => void
  /** Shows the form; null where it stands above. */
  onAnother: (() => void) | null
}

/** This phone's reports with their true state, and what the phone promises for those that wait. */
export function ReportList({ page, view, justSaved, headingRef, onCorrect, onAnother }: Props) {
  const { text, locale } = useReportText()
  const reports = view.reports ?? []
  const durable = view.disk === 'works'
  const newest = reports[0]
  const waits = reports.some((record) => !record.received && !record.attention)
  return (
    <section aria-labelledby="reports-title" className={styles.reports}>
      <header className={styles.reportsHead}>
        <h2 id="reports-title" tabIndex={-1} ref={headingRef}>
          {text('reportsTitle')}
        </h2>
        {onAnother ? <Button onClick={onAnother}>{text('another')}</Button> : null}
      </header>
      <output className={spoken.spoken}>{newest ? spokenState() : ''}</output>
      <ul role="list" className={styles.cards}>
        {reports.map((record) => (
          <li key={record.id}>
            <ReportCard
              record={record}
              followUps={followUpsOf(view, record.id)}
              nowMs={view.atMs}
              durable={durable}
              question={<StillOutQuestion record={record} page={page} view={view} />}
              onSend={page.send}
              onRetry={page.retry}
              onCorrect={onCorrect}
            />
          </li>
        ))}
      </ul>
      {durable ? (
        <p>
          <a className={styles.more} href={`/${locale}/reports`}>
            {text('allReports')}
          </a>
        </p>
      ) : null}
      {waits && durable ? <PhonePromise justSaved={justSaved} /> : null}
    </section>
  )

  /** Each state once: that another try is under way is no news, and would be read aloud at every try. */
  function spokenState(): string {
    const state = stateOf(newest!, view.atMs)
    if (state === 'received') return text('receivedReference', { reference: newest!.reference })
    if (state === 'needs-attention') return text('state.needs-attention')
    return durable ? text('state.saved') : text('stateMemory')
  }
}

/** Only what this browser really does. */
function PhonePromise({ justSaved }: { justSaved: boolean }) {
  const { text } = useReportText()
  const [sends, setSends] = useState<boolean | null>(null)
  const [keeping, setKeeping] = useState<Keeping | null>(null)
  useEffect(() => {
    let shown = true
    void sendsWhenClosed().then((answer) => shown && setSends(answer))
    const show = (answer: Keeping) => shown && setKeeping(answer)
    // Firefox asks the customer, who may leave it unanswered: until then what stands is said.
    void isKept().then(show).then(() => (justSaved ? askToKeep().then(show) : undefined))
    return () => {
      shown = false
    }
  }, [justSaved])
  if (sends === null) return null
  return (
    <p className={styles.promise}>
      {text(sends ? 'promiseSync' : 'promiseNoSync')} {keeping ? text(KEEPING_WORDS[keeping]) : null}
    </p>
  )
}

const KEEPING_WORDS = { kept: 'promiseKept', 'may-evict': 'promiseMayEvict', 'cannot-ask': 'promiseCannotAsk' } as const
