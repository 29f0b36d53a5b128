import type { Locale } from '../../../domain/outage-report.ts'
import { textIn } from '../../../messages/text-in.ts'

export default async function OfflinePage({ params }: { params: Promise<{ locale: string }> }) {
  const locale = (await params).locale as Locale
  const text = textIn(locale)
  return <a href={`/${locale}/report`}>{text('common.reportOutage')}</a>
}
