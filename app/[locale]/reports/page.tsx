import type { Metadata } from 'next'
import type { Locale } from '../../../domain/report-choices.ts'
import en from '../../../messages/en.json' with { type: 'json' }
import es from '../../../messages/es.json' with { type: 'json' }
import { utility } from '../../../utility.config.ts'
import { classNames } from './_components/class-names.ts'
import { ReportsPage } from './_components/reports-page.tsx'

interface Props {
  params: Promise<{ locale: string }>
}

const messages = {
  en: { report: en.report, reports: en.reports },
  es: { report: es.report, reports: es.reports },
}

export const dynamicParams = false

export function generateStaticParams(): { locale: Locale }[] {
  return utility.locales.map((locale) => ({ locale }))
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { title, description } = messages[(await params).locale as Locale].reports
  return { title, description }
}

export default async function Page({ params }: Props) {
  const locale = (await params).locale as Locale
  const { emergency, gasEmergency, outageLine } = utility
  const props = { locale, messages: messages[locale], phones: { emergency, gasEmergency, outageLine } }
  // The build takes both attributes for the page's own small script (worker/build-page-scripts.ts).
  return (
    <div id="reports-page" data-props={JSON.stringify(props)} data-classes={JSON.stringify(classNames)}>
      <ReportsPage {...props} />
    </div>
  )
}
