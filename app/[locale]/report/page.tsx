import type { Metadata } from 'next'
import type { Locale } from '../../../domain/report-choices.ts'
import en from '../../../messages/en.json' with { type: 'json' }
import es from '../../../messages/es.json' with { type: 'json' }
import { utility } from '../../../utility.config.ts'
import { ReportPage } from './_components/report-page.tsx'

interface Props {
  params: Promise<{ locale: string }>
}

const messages = { en: en.report, es: es.report }

export const dynamicParams = false

export function generateStaticParams(): { locale: Locale }[] {
  return utility.locales.map((locale) => ({ locale }))
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { title, description } = messages[(await params).locale as Locale]
  return { title, description }
}

export default async function Page({ params }: Props) {
  const locale = (await params).locale as Locale
  const { emergency, gasEmergency, outageLine } = utility
  return <ReportPage locale={locale} messages={messages[locale]} phones={{ emergency, gasEmergency, outageLine }} />
}
