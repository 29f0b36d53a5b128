'use client'
import { StatusBadge } from '../../../components/status-badge.tsx'
import type { Hazard } from '../../../domain/report-choices.ts'
import { useDeskText } from './desk-text.tsx'
import styles from './report-badges.module.css'

/** What needs an eye: dangers, no account, other content under the same number. Nothing when there is nothing. */
export function ReportBadges({ hazards, matched, conflicts }: { hazards: readonly Hazard[]; matched: boolean; conflicts: number }) {
  const { text } = useDeskText()
  if (hazards.length === 0 && matched && conflicts === 0) return null
  return (
    <ul role="list" className={styles.badges}>
      {hazards.map((hazard) => (
        <li key={hazard}>
          <StatusBadge tone="danger" label={text(`desk.hazards.${hazard}`)} />
        </li>
      ))}
      {conflicts > 0 ? (
        <li>
          <StatusBadge tone="warn" label={text('desk.conflicts', { count: conflicts })} />
        </li>
      ) : null}
      {matched ? null : (
        <li>
          <StatusBadge tone="quiet" label={text('desk.unmatched')} />
        </li>
      )}
    </ul>
  )
}
