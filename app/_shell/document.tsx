import type { Viewport } from 'next'
import type { ReactNode } from 'react'
import '../global.css'
import type { Locale } from '../../domain/report-choices.ts'
import { utility } from '../../utility.config.ts'
import { FaultWordsProvider } from './fault-notice.tsx'
import { faultWords } from './fault-words.ts'
import { hyperlegible } from './typeface.ts'

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: utility.brand.accent.light },
    { media: '(prefers-color-scheme: dark)', color: utility.brand.onAccent.dark },
  ],
}

export const metadata = {
  title: { default: utility.name, template: `%s · ${utility.name}` },
  applicationName: utility.name,
  manifest: '/manifest.webmanifest',
  icons: { icon: '/icons/icon.svg', apple: '/icons/180.png' },
  appleWebApp: { title: utility.shortName },
  formatDetection: { telephone: false },
}

/** The document of every root layout: each URL space (public, desk, sign-in) has its own language rule and frame. */
export function Document({ locale, children }: { locale: Locale; children: ReactNode }) {
  return (
    <html lang={locale} className={hyperlegible.variable}>
      <body>
        <FaultWordsProvider words={faultWords(locale)}>{children}</FaultWordsProvider>
      </body>
    </html>
  )
}
