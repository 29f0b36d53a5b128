'use client'
import type { CacheFlipped } from '../../../../domain/operations.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import styles from './system.module.css'

/** Which generation of the cached accounts answers, and the ones before it. */
export function FlipList({ flips }: { flips: readonly CacheFlipped[] }) {
  const { text, time } = useDeskText()
  return (
    <section className={styles.section}>
      <h2>{text('desk.system.cache')}</h2>
      {flips.length === 0 ? <p className={styles.soft}>{text('desk.system.noFlips')}</p> : null}
      <ol role="list" className={styles.rows}>
        {flips.map(({ at, generation, accounts, why }) => (
          <li key={`${at} ${generation}`} className={styles.row}>
            <span className={styles.name}>{text('desk.system.generation', { generation })}</span>
            <span>
              <time dateTime={at}>{time(at)}</time>
            </span>
            <p className={styles.soft}>{text('desk.system.flip', { count: accounts, why: text(`desk.system.whys.${why}`) })}</p>
          </li>
        ))}
      </ol>
    </section>
  )
}
