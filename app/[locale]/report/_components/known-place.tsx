'use client'
import { Button, ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import { type ReportRecord, stateOf } from '../../../../worker/outbox/report-record.ts'
import { ReportProgress } from './report-progress.tsx'
import { useReportText } from './report-text.tsx'
import { useReportStanding } from './use-report-standing.ts'
import styles from './report-form.module.css'

/** What this phone knows already of the place that is being reported: nobody has to send twice to be sure. */
export function KnownPlace({ record, nowMs, onShow }: { record: ReportRecord; nowMs: number; onShow: () => void }) {
  const { text, locale, timeOf } = useReportText()
  const { standing } = useReportStanding(record)
  if (standing?.state === 'withdrawn') return null
  return (
    <Callout kind="info" title={text('knownTitle', { time: timeOf(record.savedAtMs) })}>
      {standing ? <ReportProgress record={record} /> : <p>{text(`known.${stateOf(record, nowMs)}`)}</p>}
      <p>{text('knownMore')}</p>
      <p className={styles.actions}>
        <Button onClick={onShow}>{text('knownShow')}</Button>
        <ButtonLink href={`/${locale}/reports#${record.id}`}>{text('knownAdd')}</ButtonLink>
      </p>
    </Callout>
  )
}
