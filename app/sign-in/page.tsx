import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
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

export default async function SignInPage() {
  if (await isSignedIn()) redirect('/desk')
  const locale = await requestLocale()
  const text = textIn(locale)
  return (
    <div className={styles.page}>
      <h1>{text('signIn.title')}</h1>
      <p className={styles.lead}>{text('signIn.lead', { name: utility.name })}</p>
      <SignInForm
        words={{
          email: text('signIn.email'),
          password: text('signIn.password'),
          submit: text('signIn.submit'),
          errorTitle: text('signIn.errorTitle'),
          emailInvalid: text('signIn.emailInvalid'),
          passwordMissing: text('signIn.passwordMissing'),
          refused: text('signIn.refused'),
          tooMany: text('signIn.tooMany'),
          unavailable: text('signIn.unavailable'),
          unknown: text('signIn.unknown'),
        }}
      />
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
