'use client'
import type { PersonAtDesk } from '../../../../../server/accounts/desk/look-at-account.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import styles from './account.module.css'

/** Which logins have access, by role. Null: it cannot be read. */
export function PeopleList({ people }: { people: PersonAtDesk[] | null }) {
  const { text, time } = useDeskText()
  return (
    <section className={styles.section}>
      <h2>{text('desk.account.people')}</h2>
      {people === null ? <p>{text('desk.account.notReadable')}</p> : null}
      {people?.length === 0 ? <p className={styles.soft}>{text('desk.account.nobody')}</p> : null}
      {people && people.length > 0 ? (
        <ul role="list" className={styles.rows}>
          {people.map(({ loginId, role, from, email }) => (
            <li key={loginId} className={styles.row}>
              <span>{email ?? text('desk.account.emailUnknown')}</span>
              <span className={styles.soft}>
                {text(`desk.account.roles.${role}`)}, {text('desk.account.personSince', { time: time(from) })}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}
