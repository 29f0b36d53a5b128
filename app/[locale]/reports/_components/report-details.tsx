'use client'
import { useEffect, useRef } from 'react'
import type { OutageReport } from '../../../../domain/outage-report.ts'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { useReportText } from '../../report/_components/report-text.tsx'
import { readReport } from './read-body.ts'
import { useReportsText } from './reports-text.tsx'
import styles from './own-report.module.css'

/** What the customer said, read from the very bytes that are sent; folded until it is asked for. */
export function ReportDetails({ record, open }: { record: ReportRecord; open: boolean }) {
  const words = useReportsText()
  const details = useRef<HTMLDetailsElement>(null)
  const report = readReport(record)

  useEffect(() => {
    if (open && details.current) details.current.open = true
  }, [open])

  if (!report) return null
  return (
    <details ref={details} className={styles.details}>
      <summary>{words('details')}</summary>
      <Facts report={report} />
    </details>
  )
}

function Facts({ report }: { report: OutageReport }) {
  const { text, timeOf } = useReportText()
  const words = useReportsText()
  const { place } = report
  const facts: [string, string | undefined][] = [
    [text('address'), place.address],
    [text('phone'), place.phone],
    [text('accountNumber'), place.accountNumber],
    [words('location'), place.location && words('locationWithin', { meters: Math.round(place.location.accuracyMeters) })],
    [words('hazards'), report.hazards.map((hazard) => text(`hazard.${hazard}`)).join('; ')],
    [text('scopeQuestion'), text(`scope.${report.scope}`)],
    [text('sinceQuestion'), report.startedAt ? timeOf(Date.parse(report.startedAt)) : text('since.unknown')],
    [text('bangQuestion'), known(report.heardBang)],
    [text('neighborsQuestion'), known(report.neighborsOut)],
    [text('medicalQuestion'), report.medicalEquipment ? text('medicalEquipment') : undefined],
    [text('accessNotes'), report.accessNotes],
    [text('callbackPhone'), report.callbackPhone],
  ]
  return (
    <dl className={styles.given}>
      {facts.map(([label, value]) => (value ? <Fact key={label} label={label} value={value} /> : null))}
    </dl>
  )

  function known(answer: OutageReport['heardBang']): string | undefined {
    return answer === 'unknown' ? undefined : text(`answer.${answer}`)
  }
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}
