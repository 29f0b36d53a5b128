'use client'
import { type Ref, useEffect, useState } from 'react'
import spoken from '../../../../components/spoken.module.css'
import { stateOf } from '../../../../worker/outbox/report-record.ts'
import { askToKeep, type Promises, standingPromises } from './browser-send.ts'
import { ReportCard } from './report-card.tsx'
import { useReportText } from './report-text.tsx'
import type { OutboxView, PageOutbox } from './page-outbox.ts'
import styles from './report-page.module.css'

/** This phone's reports with their true state, and what the phone promises for those that wait. */
export function ReportList({ page, view, headingRef }: { page: PageOutbox; view: OutboxView; headingRef: Ref<HTMLHeadingElement> }) {
  const { text } = useReportText()
  const reports = view.reports ?? []
  const durable = view.disk === 'works'
  const newest = reports[0]
  const waits = reports.some((record) => !record.received && !record.attention)
  return (
    <section aria-labelledby="reports-title" className={styles.reports}>
      <h2 id="reports-title" tabIndex={-1} ref={headingRef}>
        {text('reportsTitle')}
      </h2>
      <output className={spoken.spoken}>{newest ? spokenState() : ''}</output>
      <ul role="list" className={styles.cards}>
        {reports.map((record) => (
          <li key={record.id}>
            <ReportCard record={record} nowMs={view.atMs} durable={durable} onSend={page.send} onRetry={page.retry} />
          </li>
        ))}
      </ul>
      {waits && durable ? <PhonePromise /> : null}
    </section>
  )

  function spokenState(): string {
    const state = stateOf(newest!, view.atMs)
    if (state === 'received') return text('receivedReference', { reference: newest!.reference })
    return state === 'saved' && !durable ? text('stateMemory') : text(`state.${state}`)
  }
}

/** Only what this browser really does. */
function PhonePromise() {
  const { text } = useReportText()
  const [promises, setPromises] = useState<Promises | null>(null)
  useEffect(() => {
    let shown = true
    const show = (told: Promises) => shown && setPromises(told)
    void standingPromises().then(show).then(askToKeep).then(show)
    return () => {
      shown = false
    }
  }, [])
  if (!promises) return null
  return (
    <p className={styles.promise}>
      {promises.sendsWhenClosed ? text('promiseSync') : text('promiseNoSync')} {promises.keeps ? text('promiseKept') : text('promiseMayEvict')}
    </p>
  )
}
