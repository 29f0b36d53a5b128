import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import type { Locale } from '../../domain/report-choices.ts'
import { utility } from '../../utility.config.ts'
import { Document, metadata } from '../_shell/document.tsx'
import { PublicFrame } from '../_shell/public-frame.tsx'

export { viewport } from '../_shell/document.tsx'

export const dynamic = 'error'
export const dynamicParams = false

export function generateStaticParams(): { locale: Locale }[] {
  return utility.locales.map((locale) => ({ locale }))
}

export async function generateMetadata({ params }: { params: Promise<{ locale: string }> }): Promise<Metadata> {
  return { ...metadata, manifest: `/${(await params).locale}/manifest.webmanifest` }
}

export default async function PublicLayout({ children, params }: { children: ReactNode; params: Promise<{ locale: string }> }) {
  // dynamicParams is false: nothing but the utility's locales gets here.
  const locale = (await params).locale as Locale
  return (
    <Document locale={locale}>
      <PublicFrame locale={locale}>{children}</PublicFrame>
    </Document>
  )
}
