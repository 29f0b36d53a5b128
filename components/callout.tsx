import type { ReactNode } from 'react'
import styles from './callout.module.css'

const SIGNS = { info: 'i', warn: '!', danger: '!', ok: '✓' } as const

/** A word that stands out. `announce` reads it aloud when it appears. */
export function Callout({ kind, title, announce = false, children }: { kind: keyof typeof SIGNS; title?: string; announce?: boolean; children?: ReactNode }) {
  return (
    <div className={`${styles.callout} ${styles[kind]}`} role={announce ? (kind === 'danger' ? 'alert' : 'status') : undefined}>
      <span className={styles.sign} aria-hidden="true">
        {SIGNS[kind]}
      </span>
      <div className={styles.words}>
        {title ? <p className={styles.title}>{title}</p> : null}
        {children}
      </div>
    </div>
  )
}
