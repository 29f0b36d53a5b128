import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { requireStaffSession } from '../../../server/identity/require-staff.ts'
import { webServices } from '../../../server/web-services.ts'
import { requestHeaders } from '../../_shell/request-headers.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { staffOrSignIn } from '../_staff/staff-or-sign-in.ts'
import { OwnFactorForm, OwnPasswordForm } from './_components/own-sign-in-forms.tsx'
import styles from './my-sign-in.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('desk.mySignIn.title'), robots: { index: false } }
}

/** Everybody's own: needs no permission but to be staff. */
export default async function MySignInPage() {
  await staffOrSignIn()
  const { signedInBy } = await requireStaffSession(webServices().auth, await requestHeaders())
  const text = textIn(await requestLocale())
  return (
    <div className={styles.page}>
      <h1>{text('desk.mySignIn.title')}</h1>
      {signedInBy === 'two-factor' ? (
        <>
          <OwnPasswordForm />
          <OwnFactorForm />
        </>
      ) : (
        <p>{text(signedInBy === 'oidc' ? 'desk.mySignIn.ofProvider' : 'desk.mySignIn.notNow')}</p>
      )}
    </div>
  )
}
