import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { textIn } from '../../../messages/text-in.ts'
import { ReadsUnavailableError } from '../../../server/platform/errors.ts'
import { utility } from '../../../utility.config.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { fieldsOf } from '../_components/fields-of.ts'
import { IdentityForm } from '../_components/identity-form.tsx'
import { Opening } from '../_components/opening.tsx'
import { Told } from '../_components/told.tsx'
import { PasskeySignIn } from '../_passkeys/passkey-sign-in.tsx'
import { customerIfAny } from '../_session/signed-in.tsx'
import { safeNextPath } from '../_session/safe-next-path.ts'
import styles from '../account.module.css'
import { signIn } from './actions.ts'

/** Why somebody came here, by `told` of the address. */
const TOLD = {
  'session-over': 'identity.signIn.sessionOver',
  again: 'identity.signIn.again',
  'signed-out': 'identity.signIn.signedOut',
  'signed-out-everywhere': 'identity.signIn.signedOutEverywhere',
  'password-set': 'identity.signIn.passwordSet',
} as const

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.signIn.title'), robots: { index: false } }
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { next, told } = await searchParams
  const locale = await requestLocale()
  const nextPath = safeNextPath(next, locale)
  // Whoever signed in long ago does so again for what is more at stake.
  if (told !== 'again' && (await isSignedIn())) redirect(nextPath)
  const text = textIn(locale)
  const fields = fieldsOf(text)
  const why = Object.entries(TOLD).find(([code]) => code === told)?.[1]
  return (
    <>
      <Opening title={text('identity.signIn.title')} lead={text('identity.signIn.lead', { name: utility.name })} />
      {why ? <Told kind="info" words={text(why)} of={String(told)} /> : null}
      <IdentityForm id="sign-in" action={signIn} hidden={{ next: nextPath }} fields={[fields.signInEmail, fields.currentPassword()]} submit={text('identity.signIn.submit')} />
      <PasskeySignIn
        next={nextPath}
        words={{
          submit: text('identity.signIn.passkey'),
          hint: text('identity.signIn.passkeyHint'),
          cancelled: text('identity.passkey.cancelled'),
          notHere: text('identity.passkey.notHere'),
          failed: text('identity.passkey.failed'),
        }}
      />
      <p className={styles.ways}>
        <a href="/account/reset">{text('identity.signIn.forgot')}</a>
        <a href="/account/sign-up">{text('identity.signIn.signUp')}</a>
      </p>
    </>
  )
}

/** While it cannot be known, the page asks as if nobody were. */
async function isSignedIn(): Promise<boolean> {
  try {
    return (await customerIfAny()) !== null
  } catch (error) {
    if (error instanceof ReadsUnavailableError) return false
    throw error
  }
}
