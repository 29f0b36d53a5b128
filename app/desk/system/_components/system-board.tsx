'use client'
import { StatusBadge } from '../../../../components/status-badge.tsx'
import { DEPENDENCIES } from '../../../../domain/operations.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import { useOperations } from '../../_components/operations-provider.tsx'
import { FlipList } from './flip-list.tsx'
import { SyncRuns } from './sync-runs.tsx'
import styles from './system.module.css'

/** What Stormdoor needs and whether it answers, how the accounts come, which cache answers. Kept current by itself. */
export function SystemBoard() {
  const { text, time } = useDeskText()
  const { down, runs, lastGoodRun, flips, whole } = useOperations()
  return (
    <div className={styles.page}>
      <h1>{text('desk.system.title')}</h1>
      {whole ? null : <p className={styles.soft}>{text('desk.system.reading')}</p>}
      <section className={styles.section}>
        <h2>{text('desk.system.dependencies')}</h2>
        <ul role="list" className={styles.rows}>
          {DEPENDENCIES.map((dependency) => {
            const found = down.find((one) => one.dependency === dependency)
            return (
              <li key={dependency} className={styles.row}>
                <span className={styles.name}>{text(`desk.system.names.${dependency}`)}</span>
                <StatusBadge tone={found ? 'danger' : 'ok'} label={found ? text('desk.system.isDown') : text('desk.system.isUp')} />
                {found ? (
                  <p className={styles.soft}>
                    {text('desk.system.downDetail', { since: time(found.since), processes: found.processes.join(', '), kinds: found.reasons.join(', ') })}
                  </p>
                ) : null}
              </li>
            )
          })}
        </ul>
      </section>
      <SyncRuns runs={runs} lastGoodRun={lastGoodRun} />
      <FlipList flips={flips} />
    </div>
  )
}
