'use client'
import { ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import { useReportText } from './report-text.tsx'
import styles from './report-page.module.css'

/** A session has ended while the page was open: nothing is lost by that, and nothing has to be done. */
export function SignedOutNotice({ page }: { page: 'report' | 'reports' }) {
  const { text, locale } = useReportText()
  return (
    <Callout kind="info" title={text('signedOutTitle')} announce>
      <p>{text('signedOutText')}</p>
      <p className={styles.actions}>
        <ButtonLink href={`/account/sign-in?next=/${locale}/${page}`}>{text('signIn')}</ButtonLink>
      </p>
    </Callout>
  )
}
