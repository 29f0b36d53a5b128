'use client'
import type { Ref } from 'react'
import { Button } from '../../../../components/button.tsx'
import spoken from '../../../../components/spoken.module.css'
import { type ReportRecord, stateOf } from '../../../../worker/outbox/report-record.ts'
import { followUpsOf } from '../../reports/_components/follow-ups-of.ts'
import { StillOutQuestion } from '../../reports/_components/still-out-question.tsx'
import { isAnythingOnItsWay } from './is-anything-on-its-way.ts'
import { PhonePromise } from './phone-promise.tsx'
import { ReportCard } from './report-card.tsx'
import { useReportText } from './report-text.tsx'
import type { OutboxView } from './outbox-view.ts'
import type { PageOutbox } from './page-outbox.ts'
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
      {durable && isAnythingOnItsWay(view) ? <PhonePromise justSaved={justSaved} /> : null}
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
