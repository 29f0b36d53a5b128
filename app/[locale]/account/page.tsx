import type { Metadata } from 'next'
import type { Locale } from '../../../domain/report-choices.ts'
import en from '../../../messages/en.json' with { type: 'json' }
import es from '../../../messages/es.json' with { type: 'json' }
import { utility } from '../../../utility.config.ts'
import { AccountPage } from './_components/account-page.tsx'
import { classNames } from './_components/class-names.ts'

interface Props {
  params: Promise<{ locale: string }>
}

const messages = { en: en.account, es: es.account }

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
  const props = { locale, messages: messages[locale], locales: utility.locales, number: utility.outageLine.shown }
  // The build takes both attributes for the page's own small script (worker/build-page-scripts.ts).
  return (
    <div id="account-page" data-props={JSON.stringify(props)} data-classes={JSON.stringify(classNames)}>
      <AccountPage {...props} />
    </div>
  )
}
