'use client'
import { type BadgeTone, StatusBadge } from '../../../components/status-badge.tsx'
import type { DeskEntry } from '../../../server/outages/desk-entry.ts'
import { useDeskText } from './desk-text.tsx'
import styles from './report-badges.module.css'

type Marked = Pick<DeskEntry, 'hazards' | 'matched' | 'withdrawn' | 'additions' | 'confirmation' | 'conflicts'> & Partial<Pick<DeskEntry, 'undelivered'>>

/** What needs an eye: dangers, what the customer said since, no account, other content under the same number. Nothing when there is nothing. */
export function ReportBadges({ hazards, matched, withdrawn, additions, confirmation, conflicts, undelivered = false }: Marked) {
  const { text } = useDeskText()
  const badges: { tone: BadgeTone; label: string }[] = hazards.map((hazard) => ({ tone: 'danger', label: text(`desk.hazards.${hazard}`) }))
  if (withdrawn) badges.push({ tone: 'quiet', label: text('desk.withdrawn') })
  if (!withdrawn && confirmation !== 'not-needed') badges.push({ tone: confirmation === 'back' ? 'ok' : 'warn', label: text(`desk.confirmation.${confirmation}`) })
  if (additions > 0) badges.push({ tone: 'info', label: text('desk.additions', { count: additions }) })
  if (conflicts > 0) badges.push({ tone: 'warn', label: text('desk.conflicts', { count: conflicts }) })
  if (undelivered) badges.push({ tone: 'warn', label: text('desk.undeliveredMark') })
  if (!matched && !withdrawn) badges.push({ tone: 'quiet', label: text('desk.unmatched') })
  if (badges.length === 0) return null
  return (
    <ul role="list" className={styles.badges}>
      {badges.map(({ tone, label }) => (
        <li key={label}>
          <StatusBadge tone={tone} label={label} />
        </li>
      ))}
    </ul>
  )
}
