import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { textIn } from '../../../../messages/text-in.ts'
import { requestLocale } from '../../../_shell/request-locale.ts'
import { fieldsOf } from '../../_components/fields-of.ts'
import { IdentityForm } from '../../_components/identity-form.tsx'
import { Opening } from '../../_components/opening.tsx'
import { linkCookieName } from '../../_session/link-cookie.ts'
import styles from '../../account.module.css'
import { setNewPassword } from '../actions.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.reset.newTitle'), robots: { index: false } }
}

export default async function NewPasswordPage() {
  const text = textIn(await requestLocale())
  const hasLink = (await cookies()).has(linkCookieName('/account/reset/new'))
  return (
    <>
      <Opening title={text('identity.reset.newTitle')} lead={text(hasLink ? 'identity.reset.newLead' : 'identity.reset.noLink')} />
      {hasLink ? <IdentityForm id="new-password" action={setNewPassword} fields={[fieldsOf(text).newPassword()]} submit={text('identity.reset.newSubmit')} /> : null}
      <p className={styles.ways}>
        <a href="/account/reset">{text('identity.reset.again')}</a>
      </p>
    </>
  )
}
