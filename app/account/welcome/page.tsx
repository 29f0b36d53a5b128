import type { Metadata } from 'next'
import { ButtonLink } from '../../../components/button.tsx'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { Opening } from '../_components/opening.tsx'
import { PasskeyAdd } from '../_passkeys/passkey-add.tsx'
import { passkeyWords, suggestedName } from '../_passkeys/passkey-words.ts'
import { SignedIn } from '../_session/signed-in.tsx'
import styles from '../account.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.welcome.title'), robots: { index: false } }
}

export default async function WelcomePage() {
  const locale = await requestLocale()
  const text = textIn(locale)
  const name = await suggestedName(text)
  return (
    <SignedIn at={`/${locale}/account`}>
      {() => (
        <>
          <Opening title={text('identity.welcome.title')} lead={text('identity.welcome.lead')}>
            <ButtonLink look="primary" size="large" href={`/${locale}/account`} className={styles.start}>
              {text('identity.welcome.toAccount')}
            </ButtonLink>
          </Opening>
          <section className={styles.section} aria-labelledby="passkey">
            <h2 id="passkey">{text('identity.welcome.passkeyTitle')}</h2>
            <p>{text('identity.security.passkeysLead')}</p>
            <PasskeyAdd words={passkeyWords(text)} suggested={name} />
          </section>
        </>
      )}
    </SignedIn>
  )
}
