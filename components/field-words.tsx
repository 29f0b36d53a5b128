import type { ReactNode } from 'react'
import styles from './field.module.css'

interface Words {
  /** What the field or fieldset is described by. */
  id?: string
  children: ReactNode
}

export function Hint({ id, children }: Words) {
  return (
    <p className={styles.hint} id={id}>
      {children}
    </p>
  )
}

/** What is wrong and how to put it right. */
export function Fault({ id, children }: Words) {
  return (
    <p className={styles.error} id={id}>
      {children}
    </p>
  )
}
