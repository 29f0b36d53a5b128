import type { Metadata } from 'next'
import { ButtonLink } from '../../../components/button.tsx'
import type { Locale } from '../../../domain/report-choices.ts'
import { textIn } from '../../../messages/text-in.ts'
import { Notice } from '../../_shell/notice.tsx'

type Params = { params: Promise<{ locale: string }> }

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  return { title: textIn((await params).locale as Locale)('offline.title'), robots: { index: false } }
}

/** Shown by the service worker in place of a page that it does not have; the address stays the one asked for. */
export default async function OfflinePage({ params }: Params) {
  const locale = (await params).locale as Locale
  const text = textIn(locale)
  return (
    <Notice title={text('offline.title')} words={text('offline.lead')}>
      <ButtonLink look="primary" size="large" href={`/${locale}/report`}>
        {text('common.reportOutage')}
      </ButtonLink>
      <ButtonLink size="large" href={`/${locale}/reports`}>
        {text('reports.title')}
      </ButtonLink>
      <ButtonLink size="large" href="">{text('offline.retry')}</ButtonLink>
    </Notice>
  )
}
