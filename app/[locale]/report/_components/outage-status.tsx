'use client'
import { useQuery } from '@tanstack/react-query'
import { AgeNote } from '../../../../components/age-note.tsx'
import { readOutageStatus } from './read-server.ts'
import { useReportText } from './report-text.tsx'
import styles from './outage-status.module.css'

const REFRESH_MS = 60_000

/** How the area stands, with its age; says so when that cannot be known now. */
export function OutageStatus() {
  const { text, locale, timeOf } = useReportText()
  const { data, isError, isPending } = useQuery({ queryKey: ['outage-status'], queryFn: readOutageStatus, refetchInterval: REFRESH_MS })
  if (isPending) return null
  return (
    <section className={styles.status} aria-labelledby="area-title">
      <h2 id="area-title" className={styles.title}>
        {text('statusTitle')}
      </h2>
      {data ? (
        <p>
          <strong className={styles.level}>{text(`status.${data.level}`)}</strong>{' '}
          <span className={styles.age}>
            <AgeNote asOf={data.asOf} locale={locale} before={text('statusAsOf')} fallback={timeOf(Date.parse(data.asOf))} />
            {isError ? ` · ${text('statusOld')}` : ''}
          </span>
        </p>
      ) : (
        <p>{text('statusNone')}</p>
      )}
    </section>
  )
}
