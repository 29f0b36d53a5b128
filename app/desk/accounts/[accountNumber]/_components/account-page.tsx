'use client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { ButtonLink } from '../../../../../components/button.tsx'
import type { DeskAccount } from '../../../../../server/accounts/desk/look-at-account.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { AccountAge } from '../../../reports/[id]/_components/account-age.tsx'
import styles from './account.module.css'
import { FlagsPanel } from './flags-panel.tsx'
import { NoteForm } from './note-form.tsx'
import { PeopleList } from './people-list.tsx'
import { PlaceFacts } from './place-facts.tsx'
import { ReachPanel } from './reach-panel.tsx'
import { TimelineList } from './timeline-list.tsx'
import { useAccountNews } from './use-account-news.ts'

/** What this member of staff may do here. */
interface AccountRights {
  reveal: boolean
  note: boolean
  flag: boolean
  report: boolean
}

interface AccountShown {
  account: DeskAccount
  may: AccountRights
}

export function AccountPage(shown: AccountShown) {
  const [queries] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={queries}>
      <OpenAccount {...shown} />
    </QueryClientProvider>
  )
}

/** One account: who it is, where, what staff flagged and noted, and all that happened, kept current. */
function OpenAccount({ account, may }: AccountShown) {
  const { text } = useDeskText()
  const { flags, timeline, isCurrent, tell } = useAccountNews(account)
  const { accountNumber } = account
  return (
    <article className={styles.page}>
      <p>
        <a href="/desk" className={styles.back}>
          <span aria-hidden="true">← </span>
          {text('desk.account.back')}
        </a>
      </p>
      <header className={styles.head}>
        <h1>{account.name}</h1>
        <p className={styles.number}>{text('desk.account.title', { number: accountNumber })}</p>
        <AccountAge asOf={account.asOf} source={account.source} />
        {may.report ? (
          <p>
            <ButtonLink look="primary" href={`/desk/new-report?account=${encodeURIComponent(accountNumber)}`}>
              {text('desk.account.reportFor')}
            </ButtonLink>
          </p>
        ) : null}
      </header>
      <div className={styles.columns}>
        <div className={styles.column}>
          <FlagsPanel accountNumber={accountNumber} flags={flags} mayFlag={may.flag} onChanged={tell} />
          <ReachPanel accountNumber={accountNumber} masked={account.masked} mayReveal={may.reveal} />
          <PlaceFacts account={account} />
          <PeopleList people={account.people} />
        </div>
        <div className={styles.column}>
          {may.note ? <NoteForm accountNumber={accountNumber} onAdded={tell} /> : null}
          <TimelineList accountNumber={accountNumber} timeline={timeline} isCurrent={isCurrent} />
        </div>
      </div>
    </article>
  )
}
