'use client'
import { Dialog } from '../../../components/dialog.tsx'
import { StatusBadge } from '../../../components/status-badge.tsx'
import { useDeskText } from './desk-text.tsx'
import styles from './marks-dialog.module.css'

export function MarksDialog() {
  const { text } = useDeskText()
  const marks = [
    { tone: 'danger', label: text('desk.showHazards'), meaning: text('desk.markHazard') },
    { tone: 'warn', label: text('desk.conflicts', { count: 1 }), meaning: text('desk.markConflict') },
    { tone: 'warn', label: text('desk.confirmation.asked'), meaning: text('desk.markAsked') },
    { tone: 'info', label: text('desk.additions', { count: 1 }), meaning: text('desk.markAdditions') },
    { tone: 'quiet', label: text('desk.unmatched'), meaning: text('desk.markUnmatched') },
    { tone: 'quiet', label: text('desk.withdrawn'), meaning: text('desk.markWithdrawn') },
  ] as const
  return (
    <Dialog open={text('desk.marks')} title={text('desk.marks')} close={text('desk.close')}>
      <dl className={styles.marks}>
        {marks.map(({ tone, label, meaning }) => (
          <div key={label} className={styles.mark}>
            <dt>
              <StatusBadge tone={tone} label={label} />
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
