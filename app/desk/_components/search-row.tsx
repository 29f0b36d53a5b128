'use client'
import { StatusBadge } from '../../../components/status-badge.tsx'
import type { FoundAccount } from '../../../domain/account-search.ts'
import { useDeskText } from './desk-text.tsx'
import { MarkedText } from './marked-text.tsx'
import styles from './search-box.module.css'

/** As much of an account as it takes to choose it. */
export function SearchRow({ account }: { account: FoundAccount }) {
  const { text } = useDeskText()
  const { accountNumber, name, street, town, phoneEnds, closed, flags, matched } = account
  const marked = (shown: string) => <MarkedText text={shown} matched={matched} />
  return (
    <span className={styles.row}>
      <span className={styles.name}>{marked(name)}</span>
      <span>
        {marked(street)}, {marked(town)}
      </span>
      <span className={styles.numbers}>
        {marked(accountNumber)}
        {phoneEnds.length > 0 ? ` · ${text('desk.search.phoneEnd', { digits: phoneEnds.join(', ') })}` : null}
      </span>
      {closed || flags.length > 0 ? (
        <span className={styles.badges}>
          {closed ? <StatusBadge tone="quiet" label={text('desk.search.closed')} /> : null}
          {flags.map((flag) => (
            <StatusBadge key={flag} tone={flag === 'language-help' ? 'info' : 'warn'} label={text(`desk.search.flags.${flag}`)} />
          ))}
        </span>
      ) : null}
    </span>
  )
}
