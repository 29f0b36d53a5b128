'use client'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { readReport } from '../../reports/_components/read-body.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-card.module.css'

/** The customer's words of a report that stands nowhere but on this page: they stay before their eyes until it is received. */
export function ToldWords({ record }: { record: ReportRecord }) {
  const { text } = useReportText()
  const report = readReport(record)
  if (!report) return null
  const { place, callbackPhone } = report
  const words = [
    ...report.hazards.map((hazard) => text(`hazard.${hazard}`)),
    text(`scope.${report.scope}`),
    place.address,
    place.phone,
    place.accountNumber,
    report.medicalEquipment ? text('medicalEquipment') : undefined,
    report.accessNotes,
    callbackPhone && `${text('callbackPhone')}: ${callbackPhone}`,
  ]
  return (
    <div className={styles.told}>
      <h4>{text('told')}</h4>
      <ul>{words.map((word) => (word ? <li key={word}>{word}</li> : null))}</ul>
    </div>
  )
}
