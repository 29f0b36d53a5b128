'use client'
import { AgeNote } from '../../../../../components/age-note.tsx'
import { Callout } from '../../../../../components/callout.tsx'
import type { DeskReport } from '../../../../../server/outages/get-desk-report.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { ReportBadges } from '../../../_components/report-badges.tsx'
import styles from '../report.module.css'

/** Reference, marks, age and source, and what needs an eye. */
export function ReportHead({ found, databaseAnswers }: { found: Pick<DeskReport, 'report' | 'match' | 'conflicts' | 'asOf' | 'source'>; databaseAnswers: boolean }) {
  const { text, locale, time } = useDeskText()
  const { report, match, conflicts, asOf, source } = found
  const before = source === 'redis' ? text('desk.fromCache') : text('desk.fromDatabase')
  return (
    <header className={styles.head}>
      <h1>{text('desk.reportTitle', { reference: report.reference })}</h1>
      <ReportBadges hazards={report.hazards} matched={match !== null} conflicts={conflicts} />
      <p className={styles.age}>
        <AgeNote asOf={asOf} locale={locale} before={before} fallback={time(asOf)} />
      </p>
      {databaseAnswers ? null : (
        <Callout kind="warn" title={text('desk.databaseDown')}>
          <p>{text('desk.databaseDownText')}</p>
        </Callout>
      )}
      {conflicts > 0 ? <Callout kind="warn" title={text('desk.conflictText')} /> : null}
      {match ? null : <Callout kind="info" title={text('desk.unmatchedText')} />}
    </header>
  )
}
