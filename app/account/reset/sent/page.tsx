import type { Metadata } from 'next'
import { textIn } from '../../../../messages/text-in.ts'
import { requestLocale } from '../../../_shell/request-locale.ts'
import { Opening } from '../../_components/opening.tsx'
import styles from '../../account.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.reset.sentTitle'), robots: { index: false } }
}

export default async function ResetSentPage() {
  const text = textIn(await requestLocale())
  return (
    <>
      <Opening title={text('identity.reset.sentTitle')} lead={text('identity.reset.sentText')} />
      <p>{text('identity.reset.sentNothing')}</p>
      <p className={styles.ways}>
        <a href="/account/reset">{text('identity.reset.again')}</a>
      </p>
    </>
  )
}
