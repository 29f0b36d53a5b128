import type { ReactNode } from 'react'
import styles from './notice.module.css'

/** A page that says one thing and offers what to do about it. */
export function Notice({ title, words, children }: { title: string; words: string; children?: ReactNode }) {
  return (
    <div className={styles.notice}>
      <h1>{title}</h1>
      <p className={styles.words}>{words}</p>
      <div className={styles.actions}>{children}</div>
    </div>
  )
}
