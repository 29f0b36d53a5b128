'use client'
import fold from '../../../../components/fold.module.css'
import type { FoundEntry } from '../../../../server/audit/search-audit.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import styles from './audit.module.css'

/** Entries of the trail, each with all that is known of it behind a fold. */
export function EntryList({ entries }: { entries: readonly FoundEntry[] }) {
  const { text, time } = useDeskText()
  if (entries.length === 0) return <p role="status">{text('desk.audit.none')}</p>
  return (
    <section aria-label={text('desk.audit.results')}>
      <ol role="list" className={styles.rows}>
        {entries.map((entry) => (
          <li key={entry.entryId} className={styles.row}>
            <time dateTime={entry.at} className={styles.soft}>
              {time(entry.at)}
            </time>
            <div className={styles.what}>
              <p>
                <strong>{entry.act}</strong> · {text(`desk.audit.subjects.${entry.subjectKind}`)} {entry.subjectId}
              </p>
              <p className={styles.soft}>{whoOf(entry)}</p>
              {entry.reason === null ? null : <p>{entry.reason}</p>}
              <details>
                <summary className={`${styles.more} ${fold.fold}`}>{text('desk.audit.details')}</summary>
                <dl className={styles.facts}>
                  {factsOf(entry).map(([label, value]) => (
                    <div key={label}>
                      <dt>{text(`desk.audit.${label}`)}</dt>
                      <dd>{value}</dd>
                    </div>
                  ))}
                </dl>
              </details>
            </div>
          </li>
        ))}
      </ol>
    </section>
  )

  function whoOf({ actorKind, actorName, actorId, actorRole }: FoundEntry): string {
    const role = actorRole && ['agent', 'supervisor', 'dispatcher', 'auditor'].includes(actorRole) ? text(`desk.roles.${actorRole as 'agent'}`) : actorRole
    return [actorName ?? `${text(`desk.account.actors.${actorKind}`)} ${actorId}`, role].filter(Boolean).join(', ')
  }
}

function factsOf({ entryId, at, actorId, eventType, eventId, before, after, traceId }: FoundEntry) {
  const facts = [
    ['entry', entryId],
    ['at', at],
    ['actor', actorId],
    ['before', before && JSON.stringify(before)],
    ['after', after && JSON.stringify(after)],
    ['event', `${eventType} ${eventId}`],
    ['trace', traceId],
  ] as const
  return facts.filter(([, value]) => value !== null)
}
