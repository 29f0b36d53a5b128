import type { ReactNode } from 'react'
import styles from '../report.module.css'

export type Fact = readonly [label: string, value: ReactNode]

/** A titled list of facts; a fact without a value is left out. */
export function Facts({ title, facts, children }: { title: string; facts: readonly Fact[]; children?: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== '')
          .map(([label, value]) => (
            <div key={label} className={styles.fact}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
