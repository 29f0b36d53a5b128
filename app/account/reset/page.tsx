import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { fieldsOf } from '../_components/fields-of.ts'
import { IdentityForm } from '../_components/identity-form.tsx'
import { Opening } from '../_components/opening.tsx'
import styles from '../account.module.css'
import { askForLink } from './actions.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.reset.title'), robots: { index: false } }
}

export default async function ResetPage() {
  const text = textIn(await requestLocale())
  return (
    <>
      <Opening title={text('identity.reset.title')} lead={text('identity.reset.lead')} />
      <IdentityForm id="reset" action={askForLink} fields={[fieldsOf(text).newEmail()]} submit={text('identity.reset.submit')} />
      <p className={styles.ways}>
        <a href="/account/sign-in">{text('identity.signUp.signIn')}</a>
      </p>
    </>
  )
}
