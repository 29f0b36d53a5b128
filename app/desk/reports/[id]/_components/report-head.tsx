'use client'
import { AgeNote } from '../../../../../components/age-note.tsx'
import { Callout } from '../../../../../components/callout.tsx'
import { followedReport, waitedMs } from '../../../../../domain/followed-report.ts'
import type { DeskReport } from '../../../../../server/outages/get-desk-report.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { ReportBadges } from '../../../_components/report-badges.tsx'
import { waitedText } from '../../../_components/waited-text.ts'
import styles from '../report.module.css'
import { withdrawText } from './withdraw-text.ts'

/** Reference, marks, age and source, and what needs an eye. */
export function ReportHead({ found }: { found: Omit<DeskReport, 'account'> }) {
  const { text, locale, time } = useDeskText()
  const { report, match, followUps, conflicts, asOf, source } = found
  const { state, hazards, hazardous, additions, confirmation } = followedReport(report, { matched: match !== null, followUps })
  const withdrawal = followUps.find(({ type }) => type === 'outage.withdrawn.v1')
  const waited = waitedText(text, locale, { confirmation, waitedMs: waitedMs(report) })
  const before = source === 'redis' ? text('desk.fromCache') : text('desk.fromDatabase')
  return (
    <header className={styles.head}>
      <h1>{text('desk.reportTitle', { reference: report.reference })}</h1>
      <ReportBadges hazards={hazards} matched={match !== null} withdrawn={state === 'withdrawn'} additions={additions} confirmation={confirmation} conflicts={conflicts} />
      <p className={styles.age}>
        <AgeNote asOf={asOf} locale={locale} before={before} fallback={time(asOf)} />
      </p>
      {withdrawal?.type === 'outage.withdrawn.v1' ? (
        <Callout kind={hazardous ? 'warn' : 'info'} title={text('desk.withdrawnTitle')}>
          <p>{withdrawText(text, withdrawal.data.reason)}</p>
          {hazardous ? <p>{text('desk.dangerStands')}</p> : null}
        </Callout>
      ) : null}
      {waited && !withdrawal ? (
        <Callout kind={confirmation === 'asked' ? 'warn' : 'info'} title={waited}>
          {confirmation === 'asked' ? <p>{text('desk.noAnswerYet')}</p> : null}
        </Callout>
      ) : null}
      {conflicts > 0 ? <Callout kind="warn" title={text('desk.conflictText')} /> : null}
      {match || withdrawal ? null : <Callout kind="info" title={text('desk.unmatchedText')} />}
    </header>
  )
}
