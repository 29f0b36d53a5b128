'use client'
import { AgeNote } from '../../../../components/age-note.tsx'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { useReportText } from './report-text.tsx'
import { useReportStanding } from './use-report-standing.ts'
import styles from './report-card.module.css'

/**
 * Where a received report stands behind the door, with the age of that answer when it is not of now.
 * @param withdrawn this phone knows that it is withdrawn, whatever was heard before
 */
export function ReportProgress({ record, withdrawn = false }: { record: ReportRecord; withdrawn?: boolean }) {
  const { text, locale, timeOf } = useReportText()
  const { standing, heardAtMs, current } = useReportStanding(record)
  const isKnownHere = withdrawn && standing?.state !== 'withdrawn'
  const heard = timeOf(heardAtMs)
  return (
    <p className={`${styles.soft} ${styles.progress}`}>
      {isKnownHere ? text('server.withdrawn') : standing ? text(`server.${standing.state}`) : null}{' '}
      {isKnownHere || !standing || current ? null : (
        <AgeNote asOf={new Date(heardAtMs).toISOString()} locale={locale} before={text('lastHeard', { time: heard })} fallback={heard} />
      )}
    </p>
  )
}
