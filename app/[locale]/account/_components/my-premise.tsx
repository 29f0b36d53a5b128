'use client'
import { useId } from 'react'
import { ButtonLink } from '../../../../components/button.tsx'
import { type BadgeTone, StatusBadge } from '../../../../components/status-badge.tsx'
import type { AccountReport, MyAccount } from '../../../../domain/me.ts'
import { useAccountText } from './account-text.tsx'
import fold from '../../../../components/fold.module.css'
import styles from './my-premise.module.css'

const OUTAGE_TONES: Record<MyAccount['outage']['state'], BadgeTone> = { reported: 'warn', nearby: 'warn', 'none-known': 'ok' }
const REPORT_TONES: Record<AccountReport['state'], BadgeTone> = { received: 'info', matched: 'ok', withdrawn: 'quiet' }
/** The rest opens on a tap. */
const SHOWN_AT_ONCE = 3

/** A place, whether its power is out, and what was reported there. @param onThisPhone reports that the phone keeps: these can be opened */
export function MyPremise({ account, onThisPhone }: { account: MyAccount; onThisPhone: readonly { id: string }[] }) {
  const { text, locale } = useAccountText()
  const titleId = useId()
  const { premise, accountNumber, role, meterNumber, outage, reports } = account
  const own = new Set(onThisPhone.map(({ id }) => id))
  const [recent, older] = [reports.slice(0, SHOWN_AT_ONCE), reports.slice(SHOWN_AT_ONCE)]
  return (
    <article className={styles.premise} aria-labelledby={titleId}>
      <div className={styles.head}>
        <h3 id={titleId} className={styles.place}>
          {[premise.line1, premise.line2].filter(Boolean).join(', ')}
        </h3>
        <StatusBadge tone={OUTAGE_TONES[outage.state]} label={text(`outage.${outage.state}`)} />
      </div>
      <p className={styles.facts}>
        <span>
          {premise.city} {premise.postalCode}
        </span>
        <span>{text('accountNumber', { number: accountNumber })}</span>
        <span>{text('meter', { number: meterNumber })}</span>
        <span>{text(`role.${role}`)}</span>
      </p>
      <p>
        <ButtonLink look={outage.state === 'reported' ? 'secondary' : 'primary'} href={`/${locale}/report#account=${encodeURIComponent(accountNumber)}`}>
          {text('reportHere')}
        </ButtonLink>
      </p>
      {reports.length === 0 ? <p className={styles.soft}>{text('noReports')}</p> : <Reports reports={recent} own={own} />}
      {older.length > 0 ? (
        <details className={styles.older}>
          <summary className={fold.fold}>{text('older', { count: older.length })}</summary>
          <Reports reports={older} own={own} />
        </details>
      ) : null}
    </article>
  )
}

function Reports({ reports, own }: { reports: readonly AccountReport[]; own: ReadonlySet<string> }) {
  const { text, locale, timeOf } = useAccountText()
  return (
    <ul role="list" className={styles.reports}>
      {reports.map(({ reportId, reference, acceptedAt, state }) => (
        <li key={reportId} className={styles.report}>
          <span>
            {own.has(reportId) ? <a href={`/${locale}/reports#${reportId}`}>{text('reportOf', { time: timeOf(acceptedAt) })}</a> : text('reportOf', { time: timeOf(acceptedAt) })}
          </span>
          <span className={styles.reference}>{reference}</span>
          <StatusBadge tone={REPORT_TONES[state]} label={text(`reportState.${state}`)} />
        </li>
      ))}
    </ul>
  )
}
