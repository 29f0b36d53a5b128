'use client'
import { AgeNote } from '../../../../components/age-note.tsx'
import { Button, ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import type { Me } from '../../../../domain/me.ts'
import type { Locale } from '../../../../domain/report-choices.ts'
import type { OutboxView } from '../../report/_components/outbox-view.ts'
import { useAccountText } from './account-text.tsx'
import { DataSection } from './data-section.tsx'
import { MyPremise } from './my-premise.tsx'
import { ProfileForm } from './profile-form.tsx'
import { useMe } from './use-me.ts'
import styles from './my-account.module.css'

/** All that the page says to somebody who is signed in. */
export function MyAccount({ loginId, view, locales, onErased }: { loginId: string; view: OutboxView; locales: readonly Locale[]; onErased: () => void }) {
  const { text, timeOf, locale } = useAccountText()
  const { me, reached, looking, lookAgain, changed } = useMe(loginId)
  if (!me) return <NothingHeard looking={looking} onAgain={lookAgain} />
  return (
    <>
      <header className={styles.head}>
        <p className={styles.lead}>{text('signedInAs', { email: me.email })}</p>
        <p className={styles.age} role="status">
          <AgeNote asOf={me.asOf} locale={locale} before={text('asOf')} fallback={timeOf(me.asOf)} />
          {reached ? null : <span className={styles.stale}>{text('notReached')}</span>}
        </p>
      </header>
      <Premises me={me} view={view} />
      <section className={styles.section} aria-labelledby="account-reach">
        <h2 id="account-reach">{text('reachTitle')}</h2>
        <ProfileForm me={me} reached={reached} locales={locales} onChanged={changed} onStale={lookAgain} />
      </section>
      <nav className={styles.section} aria-labelledby="account-more">
        <h2 id="account-more">{text('moreTitle')}</h2>
        <ul role="list" className={styles.links}>
          {(['security', 'household', 'add'] as const).map((page) => (
            <li key={page}>
              <a href={`/account/${page}`}>{text(`more.${page}`)}</a>
            </li>
          ))}
        </ul>
      </nav>
      <DataSection email={me.email} reached={reached} onErased={onErased} />
    </>
  )
}

function NothingHeard({ looking, onAgain }: { looking: boolean; onAgain: () => void }) {
  const { text, locale } = useAccountText()
  if (looking) return <p className={styles.soft}>{text('looking')}</p>
  return (
    <Callout kind="warn" title={text('nothingTitle')} announce>
      <p>{text('nothingText')}</p>
      <p className={styles.actions}>
        <Button onClick={onAgain}>{text('again')}</Button>
        <ButtonLink href={`/${locale}/report`}>{text('reportOutage')}</ButtonLink>
      </p>
    </Callout>
  )
}

function Premises({ me, view }: { me: Me; view: OutboxView }) {
  const { text } = useAccountText()
  return (
    <section className={styles.section} aria-labelledby="account-premises">
      <h2 id="account-premises">{text('premisesTitle')}</h2>
      {me.accounts.length === 0 ? (
        <Callout kind="info" title={text('noneTitle')}>
          <p>{text('noneText')}</p>
          <p>
            <ButtonLink href="/account/add">{text('more.add')}</ButtonLink>
          </p>
        </Callout>
      ) : (
        <ul role="list" className={styles.list}>
          {me.accounts.map((account) => (
            <li key={account.accountNumber}>
              <MyPremise account={account} onThisPhone={view.reports ?? []} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
