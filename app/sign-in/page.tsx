import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { ButtonLink } from '../../components/button.tsx'
import { Callout } from '../../components/callout.tsx'
import { requireStaff } from '../../server/identity/require-staff.ts'
import { isIdentityReachable } from '../../server/identity/staff-session.ts'
import { NotSignedInError } from '../../server/platform/errors.ts'
import { webServices } from '../../server/web-services.ts'
import { textIn } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'
import { requestHeaders } from '../_shell/request-headers.ts'
import { requestLocale } from '../_shell/request-locale.ts'
import { SignInForm } from './_components/sign-in-form.tsx'
import styles from './sign-in.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('signIn.title'), robots: { index: false } }
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ done?: string | string[]; provider?: string | string[] }> }) {
  if (await isSignedIn()) redirect('/desk')
  const locale = await requestLocale()
  const text = textIn(locale)
  const { done, provider: said } = await searchParams
  const { provider, signIn } = webServices().staff
  const isAway = signIn.isProviderAlone && !(await isIdentityReachable(signIn.auth))
  return (
    <div className={styles.page}>
      <h1>{text('signIn.title')}</h1>
      <p className={styles.lead}>{text('signIn.lead', { name: utility.name })}</p>
      {done === 'password' ? <Callout kind="ok" title={text('signIn.passwordSet')} announce /> : null}
      {done === 'factor' ? <Callout kind="ok" title={text('signIn.factorRemoved')} announce /> : null}
      {said === 'away' || said === 'refused' ? <Callout kind="danger" title={text(said === 'away' ? 'signIn.providerAway' : 'signIn.providerRefused')} announce /> : null}
      {provider ? (
        <ButtonLink look="primary" size="large" href="/sign-in/oidc/begin">
          {text('signIn.withProvider')}
        </ButtonLink>
      ) : null}
      {isAway ? <p>{text('signIn.breakGlassLead')}</p> : null}
      {provider && !signIn.isProviderAlone ? <p>{text('signIn.orPassword')}</p> : null}
      {signIn.isProviderAlone && !isAway ? null : <SignInForm />}
      <p>
        <a href={`/${locale}/report`}>{text('signIn.customers')}</a>
      </p>
    </div>
  )
}

async function isSignedIn(): Promise<boolean> {
  try {
    await requireStaff(webServices().auth, await requestHeaders())
    return true
  } catch (error) {
    if (error instanceof NotSignedInError) return false
    throw error
  }
}
