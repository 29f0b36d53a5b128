import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import styles from '../sign-in.module.css'
import { NewPasswordForm } from './_components/new-password-form.tsx'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('signIn.newPassword.title'), robots: { index: false } }
}

export default async function NewPasswordPage() {
  const text = textIn(await requestLocale())
  return (
    <div className={styles.page}>
      <h1>{text('signIn.newPassword.title')}</h1>
      <p className={styles.lead}>{text('signIn.newPassword.lead')}</p>
      <NewPasswordForm />
    </div>
  )
}
