import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import styles from '../sign-in.module.css'
import { CodeForm } from './_components/code-form.tsx'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('signIn.code.title'), robots: { index: false } }
}

export default async function CodePage() {
  const text = textIn(await requestLocale())
  return (
    <div className={styles.page}>
      <h1>{text('signIn.code.title')}</h1>
      <p className={styles.lead}>{text('signIn.code.lead')}</p>
      <CodeForm />
    </div>
  )
}
