import { ButtonLink } from '../components/button.tsx'
import { textIn } from '../messages/text-in.ts'
import { utility } from '../utility.config.ts'
import { Document } from './_shell/document.tsx'
import { PublicFrame } from './_shell/public-frame.tsx'
import { Notice } from './_shell/notice.tsx'
import styles from './_shell/notice.module.css'

export { viewport } from './_shell/document.tsx'

export const metadata = { title: utility.name, robots: { index: false } }

/** Fixed at build, so it cannot know who reads it: it speaks every language of the utility. */
export default function NotFoundPage() {
  return (
    <Document locale={utility.locales[0]!}>
      <PublicFrame locale={utility.locales[0]!}>
        <div className={styles.bilingual}>
          {utility.locales.map((locale) => {
            const text = textIn(locale)
            return (
              <div key={locale} lang={locale}>
                <Notice title={text('common.notFoundTitle')} words={text('common.notFoundText')}>
                  <ButtonLink look="primary" href={`/${locale}/report`}>
                    {text('common.reportOutage')}
                  </ButtonLink>
                  <ButtonLink href={`/${locale}`}>{text('common.toHome')}</ButtonLink>
                </Notice>
              </div>
            )
          })}
        </div>
      </PublicFrame>
    </Document>
  )
}
