import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { AccountNav } from '../_components/account-nav.tsx'
import { DoneNotice } from '../_components/done-notice.tsx'
import { fieldsOf } from '../_components/fields-of.ts'
import { IdentityForm } from '../_components/identity-form.tsx'
import { Opening } from '../_components/opening.tsx'
import { SignedIn } from '../_session/signed-in.tsx'
import styles from '../account.module.css'
import { PasskeySection } from './_components/passkey-section.tsx'
import { SessionSection } from './_components/session-section.tsx'
import { changeOwnPassword } from './actions.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.security.title'), robots: { index: false } }
}

export default async function SecurityPage({ searchParams }: { searchParams: Promise<{ done?: string | string[] }> }) {
  const { done } = await searchParams
  const locale = await requestLocale()
  const text = textIn(locale)
  const { currentPassword, newPassword } = fieldsOf(text)
  return (
    <SignedIn at="/account/security">
      {({ email }) => (
        <>
          <AccountNav here="/account/security" locale={locale} />
          <Opening title={text('identity.security.title')} lead={text('identity.security.lead', { email })} />
          <DoneNotice done={done} text={text} />
          <section className={styles.section} aria-labelledby="passkeys">
            <h2 id="passkeys">{text('identity.security.passkeysTitle')}</h2>
            <p className={styles.lead}>{text('identity.security.passkeysLead')}</p>
            <PasskeySection locale={locale} />
          </section>
          <section className={styles.section} aria-labelledby="password">
            <h2 id="password">{text('identity.security.passwordTitle')}</h2>
            <p className={styles.lead}>{text('identity.security.passwordLead')}</p>
            <IdentityForm
              id="change-password"
              action={changeOwnPassword}
              fields={[currentPassword('currentPassword', text('identity.security.currentPassword')), newPassword('newPassword')]}
              submit={text('identity.security.passwordSubmit')}
              look="secondary"
            />
          </section>
          <section className={styles.section} aria-labelledby="sessions">
            <h2 id="sessions">{text('identity.security.sessionsTitle')}</h2>
            <SessionSection locale={locale} />
          </section>
        </>
      )}
    </SignedIn>
  )
}
