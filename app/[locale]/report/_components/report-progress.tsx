'use client'
import { AgeNote } from '../../../../components/age-note.tsx'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { useReportText } from './report-text.tsx'
import { useReportStanding } from './use-report-standing.ts'
import styles from './report-card.module.css'

/** Where a received report stands behind the door, with the age of that answer when it is not of now. */
export function ReportProgress({ record }: { record: ReportRecord }) {
  const { text, locale, timeOf } = useReportText()
  const { standing, heardAtMs, current } = useReportStanding(record)
  if (!standing) return null
  const heard = timeOf(heardAtMs)
  return (
    <p className={styles.soft}>
      {text(`server.${standing.state}`)}{' '}
      {current ? null : <AgeNote asOf={new Date(heardAtMs).toISOString()} locale={locale} before={text('lastHeard', { time: heard })} fallback={heard} />}
    </p>
  )
}
