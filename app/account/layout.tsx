import type { ReactNode } from 'react'
import { textIn } from '../../messages/text-in.ts'
import { Document } from '../_shell/document.tsx'
import { PublicFrame } from '../_shell/public-frame.tsx'
import { requestLocale } from '../_shell/request-locale.ts'
import styles from './account.module.css'

export { metadata, viewport } from '../_shell/document.tsx'

export default async function IdentityLayout({ children }: { children: ReactNode }) {
  const locale = await requestLocale()
  const text = textIn(locale)
  return (
    <Document locale={locale}>
      <PublicFrame locale={locale}>
        <div className={styles.page}>{children}</div>
        <p className={styles.outage}>
          {text('identity.outage')}
          <a href={`/${locale}/report`}>{text('common.reportOutage')}</a>
        </p>
      </PublicFrame>
    </Document>
  )
}
