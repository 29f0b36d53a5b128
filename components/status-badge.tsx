import styles from './status-badge.module.css'

const SIGNS = { danger: '▲', warn: '◆', ok: '●', info: '●', quiet: '○' } as const
export type BadgeTone = keyof typeof SIGNS

/** A state as shape, word and colour: never by colour alone. */
export function StatusBadge({ tone, label }: { tone: BadgeTone; label: string }) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span>
      {label}
    </span>
  )
}
