import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { Callout } from '../../components/callout.tsx'
import { requireStaff } from '../../server/identity/require-staff.ts'
import { NotSignedInError } from '../../server/platform/errors.ts'
import { webServices } from '../../server/web-services.ts'
import { textIn } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'
import { requestLocale } from '../_shell/request-locale.ts'
import { SignInForm } from './_components/sign-in-form.tsx'
import styles from './sign-in.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('signIn.title'), robots: { index: false } }
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ done?: string | string[] }> }) {
  if (await isSignedIn()) redirect('/desk')
  const locale = await requestLocale()
  const text = textIn(locale)
  const { done } = await searchParams
  return (
    <div className={styles.page}>
      <h1>{text('signIn.title')}</h1>
      <p className={styles.lead}>{text('signIn.lead', { name: utility.name })}</p>
      {done === 'password' ? <Callout kind="ok" title={text('signIn.passwordSet')} announce /> : null}
      {done === 'factor' ? <Callout kind="ok" title={text('signIn.factorRemoved')} announce /> : null}
      <SignInForm />
      <p>
        <a href={`/${locale}/report`}>{text('signIn.customers')}</a>
      </p>
    </div>
  )
}

async function isSignedIn(): Promise<boolean> {
  try {
    await requireStaff(webServices().auth, await headers())
    return true
  } catch (error) {
    if (error instanceof NotSignedInError) return false
    throw error
  }
}
