'use client'
import type { ReactNode } from 'react'
import { AgeNote } from '../../../../components/age-note.tsx'
import { StatusBadge } from '../../../../components/status-badge.tsx'
import type { SyncRun } from '../../../../server/operations/operations-board.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import { refusalText } from './refusal-text.ts'
import styles from './system.module.css'

const TONES = { applied: 'ok', unchanged: 'quiet', refused: 'danger', failed: 'warn' } as const

/** How old what is known of the accounts is, when it is fetched next, and what the last runs did. */
export function SyncRuns({ runs, lastGoodRun }: { runs: readonly SyncRun[]; lastGoodRun: SyncRun | null }) {
  const { text, locale, time } = useDeskText()
  const asOf = lastGoodRun && (lastGoodRun.asOf ?? lastGoodRun.endedAt)
  // Changes are asked for all the time, and told of only when there are any.
  const next = runs.find(({ kind }) => kind === 'full')?.nextRunAt
  return (
    <section className={styles.section}>
      <h2>{text('desk.system.sync')}</h2>
      {runs.length === 0 ? <p className={styles.soft}>{text('desk.system.noRuns')}</p> : null}
      <dl className={styles.rows}>
        {asOf ? <Fact name={text('desk.system.age')}><AgeNote asOf={asOf} locale={locale} fallback={time(asOf)} /></Fact> : null}
        {next ? (
          <Fact name={text('desk.system.nextRun')}>
            <time dateTime={next}>{time(next)}</time>
          </Fact>
        ) : null}
      </dl>
      {runs.length > 0 ? <h3>{text('desk.system.lastRuns')}</h3> : null}
      <ol role="list" className={styles.rows}>
        {runs.map((run) => (
          <li key={run.runId} className={styles.row}>
            <Run run={run} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Run({ run }: { run: SyncRun }) {
  const { text, locale, time } = useDeskText()
  const { rows, loaded, unchanged, closed, rejected, rejectedRows } = run
  return (
    <>
      <span className={styles.name}>
        {text(`desk.system.kinds.${run.kind}`)} · <time dateTime={run.endedAt}>{time(run.endedAt)}</time>
      </span>
      <StatusBadge tone={TONES[run.outcome]} label={text(`desk.system.outcomes.${run.outcome}`)} />
      {rows + loaded + closed > 0 ? <p className={styles.soft}>{text('desk.system.counts', { rows, loaded, unchanged, closed, rejected })}</p> : null}
      {run.reasons.length > 0 ? (
        <ul className={styles.reasons}>
          {run.reasons.map((reason) => {
            const words = refusalText(text, locale, reason)
            return <li key={words}>{words}</li>
          })}
        </ul>
      ) : null}
      {rejectedRows.length > 0 ? (
        <details>
          <summary>{text('desk.system.rejectedRows', { count: rejectedRows.length })}</summary>
          <ul className={styles.reasons}>
            {rejectedRows.map(({ row, account, field, rule }) => (
              <li key={`${row} ${field} ${rule}`}>{text('desk.system.rejectedRow', { row, account: account ?? '–', field, rule })}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <dt className={styles.name}>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
