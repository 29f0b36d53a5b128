import type { ReactNode } from 'react'
import type { Locale } from '../../domain/report-choices.ts'
import { textIn } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'
import { LanguageLinks } from './language-links.tsx'
import { Mark } from './mark.tsx'
import { phoneLines } from './phone-line.ts'
import { PhoneLines } from './phone-lines.tsx'
import styles from './frame.module.css'

/** Header, main and footer of the public pages. `main` has the id `content`. */
export function PublicFrame({ locale, children }: { locale: Locale; children: ReactNode }) {
  const text = textIn(locale)
  return (
    <>
      <a className={styles.skip} href="#content">
        {text('common.skipToContent')}
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <a className={styles.name} href={`/${locale}`} aria-label={text('common.homeOf', { name: utility.name })}>
            <Mark />
            <span>{utility.name}</span>
          </a>
          <a className={styles.account} href={`/${locale}/account`}>
            {text('common.account')}
          </a>
          <LanguageLinks label={text('common.language')} locale={locale} locales={utility.locales} />
        </div>
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <footer className={styles.footer}>
        <div className={styles.footerInner}>
          <PhoneLines label={text('common.phones')} lines={phoneLines(text)} />
          <p className={styles.colophon}>
            <span>{utility.name}</span>
            <a href={`/${locale}/reports`}>{text('reports.title')}</a>
            <a href="/sign-in">{text('common.staff')}</a>
          </p>
        </div>
      </footer>
    </>
  )
}
