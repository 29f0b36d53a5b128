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
    { tone: 'quiet', label: text('desk.unmatched'), meaning: text('desk.markUnmatched') },
  ] as const
  return (
    <Dialog open={text('desk.marks')} title={text('desk.marks')} close={text('desk.close')}>
      <dl className={styles.marks}>
        {marks.map(({ tone, label, meaning }) => (
          <div key={tone} className={styles.mark}>
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
