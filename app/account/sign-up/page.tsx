import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { fieldsOf } from '../_components/fields-of.ts'
import { IdentityForm } from '../_components/identity-form.tsx'
import { Opening } from '../_components/opening.tsx'
import styles from '../account.module.css'
import { askForCode } from './actions.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.signUp.title'), robots: { index: false } }
}

export default async function SignUpPage() {
  const text = textIn(await requestLocale())
  const { accountNumber, contact } = fieldsOf(text)
  return (
    <>
      <Opening title={text('identity.signUp.title')} lead={text('identity.signUp.lead')} />
      <IdentityForm id="sign-up" action={askForCode} fields={[accountNumber, contact]} submit={text('identity.signUp.submit')} />
      <p className={styles.ways}>
        <a href="/account/sign-in">{text('identity.signUp.signIn')}</a>
      </p>
    </>
  )
}
