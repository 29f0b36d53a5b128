'use client'
import { memo } from 'react'
import { AgeNote } from '../../../components/age-note.tsx'
import { Button } from '../../../components/button.tsx'
import type { HandlingStep } from '../../../domain/handling-steps.ts'
import type { DeskEntry } from '../../../server/outages/desk-entry.ts'
import { useDeskText } from './desk-text.tsx'
import { handlingText } from './handling-text.ts'
import { ReportBadges } from './report-badges.tsx'
import styles from './report-row.module.css'
import { waitedText } from './waited-text.ts'

interface ReportRowProps {
  report: DeskEntry
  staffId: string
  /** Null for those who may not. */
  onStep: ((report: DeskEntry, step: HandlingStep) => void) | null
}

/** One report in the list; the whole row leads to it. */
export const ReportRow = memo(function ReportRow({ report, staffId, onStep }: ReportRowProps) {
  const { text, locale, time } = useDeskText()
  const { handling, reference } = report
  const details = [text(`desk.scopes.${report.scope}`), report.accountName, report.circuit].filter(Boolean).join(' · ')
  const waited = report.withdrawn ? null : waitedText(text, locale, report)
  const handled = handlingText(text, handling, staffId)
  const step = handling.state === 'new' && report.open ? 'claimed' : handling.state === 'claimed' && handling.by?.staffId === staffId ? 'resolved' : null
  const named = step === 'claimed' ? 'claim' : 'resolve'
  const classes = [styles.row, report.hazardous && styles.hazard, !report.open && styles.done].filter(Boolean).join(' ')
  return (
    <li className={classes} data-row>
      <div className={styles.what}>
        <a className={styles.where} href={`/desk/reports/${report.id}`} data-report-id={report.id}>
          {report.where}
        </a>
        <p className={styles.details}>{details}</p>
        {waited ? <p className={styles.details}>{waited}</p> : null}
        {handled ? <p className={handling.by?.staffId === staffId ? styles.mine : styles.details}>{handled}</p> : null}
      </div>
      <ReportBadges {...report} />
      <div className={styles.when}>
        <AgeNote asOf={report.acceptedAt} locale={locale} fallback={time(report.acceptedAt)} />
        <span className={styles.reference}>{reference}</span>
      </div>
      {step && onStep ? (
        <Button className={styles.step} aria-label={text(`desk.handling.${named}Of`, { reference })} onClick={() => onStep(report, step)}>
          {text(`desk.handling.${named}`)}
        </Button>
      ) : null}
    </li>
  )
})
