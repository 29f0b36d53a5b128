'use client'
import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import type { Locale } from '../../../../domain/report-choices.ts'
import { usePageOutbox } from '../../report/_components/use-page-outbox.ts'
import { type AccountMessages, AccountTextProvider, useAccountText } from './account-text.tsx'
import { MyAccount } from './my-account.tsx'
import styles from './my-account.module.css'

interface AccountPageProps {
  locale: Locale
  messages: AccountMessages
  /** Languages of the portal. */
  locales: readonly Locale[]
  /** The outage line, as shown. */
  number: string
}

/** A customer's premises, what happens there, and how they are reached: as last heard, with or without a connection. */
export function AccountPage({ locale, messages, locales, number }: AccountPageProps) {
  const { view, queryClient } = usePageOutbox(locale)
  const [erased, setErased] = useState(false)
  const { outbox, who } = view
  return (
    <AccountTextProvider locale={locale} messages={messages}>
      <QueryClientProvider client={queryClient}>
        <div className={styles.page}>
          <h1>{messages.title}</h1>
          {outbox === null ? (
            <div className={styles.soft}>
              <p className={styles.looking}>{messages.looking}</p>
              <noscript>{messages.noScript.replace('{number}', number)}</noscript>
            </div>
          ) : erased ? (
            <Callout kind="ok" title={messages.erasedTitle} announce>
              <p>{messages.erasedText}</p>
            </Callout>
          ) : who.loginId === null ? (
            <SignedOut hasLapsed={who.hasLapsed} />
          ) : (
            <MyAccount key={who.loginId} loginId={who.loginId} view={view} locales={locales} onErased={() => setErased(true)} />
          )}
        </div>
      </QueryClientProvider>
    </AccountTextProvider>
  )
}

function SignedOut({ hasLapsed }: { hasLapsed: boolean }) {
  const { text, locale } = useAccountText()
  return (
    <>
      {hasLapsed ? (
        <Callout kind="info" announce>
          <p>{text('sessionOver')}</p>
        </Callout>
      ) : null}
      <p className={styles.lead}>{text('signedOutLead')}</p>
      <p className={styles.actions}>
        <ButtonLink look="primary" size="large" href={`/account/sign-in?next=/${locale}/account`}>
          {text('signIn')}
        </ButtonLink>
        <ButtonLink size="large" href="/account/sign-up">
          {text('signUp')}
        </ButtonLink>
      </p>
      <p className={styles.soft}>
        {text('withoutSignIn')} <a href={`/${locale}/report`}>{text('reportOutage')}</a>
      </p>
    </>
  )
}
