'use client'
import { useQuery } from '@tanstack/react-query'
import { AgeNote } from '../../../../components/age-note.tsx'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { readReportProgress } from './read-server.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-card.module.css'

const REFRESH_MS = 30_000

/** Where a received report stands behind the door, with the age of that answer. */
export function ReportProgress({ record }: { record: ReportRecord }) {
  const { text, locale, timeOf } = useReportText()
  const { data, isError } = useQuery({
    queryKey: ['outage-report', record.id],
    queryFn: ({ signal }) => readReportProgress(record, signal),
    refetchInterval: REFRESH_MS,
  })
  if (!data) return null
  return (
    <p className={styles.soft}>
      {text(`server.${data.stage}`)}{' '}
      {isError ? <AgeNote asOf={data.asOf} locale={locale} before={text('serverAsOf')} fallback={timeOf(Date.parse(data.asOf))} /> : null}
    </p>
  )
}
