'use client'
import { AgeNote } from '../../../components/age-note.tsx'
import type { DeskEntry } from '../../../server/outages/desk-entry.ts'
import { useDeskText } from './desk-text.tsx'
import { ReportBadges } from './report-badges.tsx'
import styles from './report-row.module.css'
import { waitedText } from './waited-text.ts'

/** One report in the list; the whole row leads to it. */
export function ReportRow({ report }: { report: DeskEntry }) {
  const { text, locale, time } = useDeskText()
  const details = [text(`desk.scopes.${report.scope}`), report.accountName].filter(Boolean).join(' · ')
  const waited = report.withdrawn ? null : waitedText(text, locale, report)
  return (
    <li className={report.hazardous ? `${styles.row} ${styles.hazard}` : styles.row}>
      <div className={styles.what}>
        <a className={styles.where} href={`/desk/reports/${report.id}`}>
          {report.where}
        </a>
        <p className={styles.details}>{details}</p>
        {waited ? <p className={styles.details}>{waited}</p> : null}
      </div>
      <ReportBadges {...report} />
      <div className={styles.when}>
        <AgeNote asOf={report.acceptedAt} locale={locale} fallback={time(report.acceptedAt)} />
        <span className={styles.reference}>{report.reference}</span>
      </div>
    </li>
  )
}
