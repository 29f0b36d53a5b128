'use client'
import { AgeNote } from '../../../../../components/age-note.tsx'
import { useDeskText } from '../../../_components/desk-text.tsx'
import styles from '../report.module.css'

export function AccountAge({ asOf, source }: { asOf: string; source: 'redis' | 'postgres' }) {
  const { text, locale, time } = useDeskText()
  const before = source === 'redis' ? text('desk.fromCache') : text('desk.fromDatabase')
  return (
    <p className={styles.note}>
      <AgeNote asOf={asOf} locale={locale} before={before} fallback={time(asOf)} />
    </p>
  )
}
