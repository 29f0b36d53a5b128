'use client'
import { usePathname } from 'next/navigation'
import { AgeNote } from '../../../components/age-note.tsx'
import type { DependencyDown } from '../../../server/operations/operations-board.ts'
import styles from './down-banner.module.css'
import { useDeskText } from './desk-text.tsx'
import { meaningOf } from './meaning-of.ts'
import { useOperations } from './operations-provider.tsx'

/**
 * What is down, since when and what that means, on every page of the desk. The place that is read aloud is always there, so that
 * what appears in it is heard, and holds no age: an age would be read again whenever it grows.
 */
export function DownBanner() {
  const { text, locale, time } = useDeskText()
  const { down, cacheAsOf } = useOperations()
  const path = usePathname()
  const shown = down.length > 0
  return (
    <div className={shown ? styles.banner : undefined}>
      <div role="status">
        {shown ? (
          <>
            <ul role="list" className={styles.list}>
              {down.map((one) => (
                <li key={one.dependency}>
                  <DownSince one={one} />
                </li>
              ))}
            </ul>
            {meaningOf(down.map(({ dependency }) => dependency)).map((meaning) => (
              <p key={meaning}>{text(`desk.system.meaning.${meaning}`)}</p>
            ))}
          </>
        ) : null}
      </div>
      {shown && (cacheAsOf || path !== '/desk/system') ? (
        <p className={styles.more}>
          {cacheAsOf ? <AgeNote asOf={cacheAsOf} locale={locale} before={text('desk.system.cacheAsOf')} fallback={time(cacheAsOf)} /> : null}
          {path === '/desk/system' ? null : <a href="/desk/system">{text('desk.system.details')}</a>}
        </p>
      ) : null}
    </div>
  )
}

function DownSince({ one }: { one: DependencyDown }) {
  const { text, time } = useDeskText()
  return (
    <>
      <strong>{text('desk.system.downSince', { what: text(`desk.system.names.${one.dependency}`), since: time(one.since) })}</strong>{' '}
      <span className={styles.count}>({text('desk.system.processes', { count: one.processes.length })})</span>
    </>
  )
}
