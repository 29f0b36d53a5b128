import type { Viewport } from 'next'
import localFont from 'next/font/local'
import type { ReactNode } from 'react'
import '../global.css'
import type { Locale } from '../../domain/report-choices.ts'
import { textIn } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'
import { FaultWordsProvider } from './fault-notice.tsx'

const hyperlegible = localFont({
  src: '../fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2',
  weight: '200 800',
  variable: '--font-hyperlegible',
  display: 'swap',
})

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f5f7f6' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1716' },
  ],
}

export const metadata = {
  title: { default: utility.name, template: `%s · ${utility.name}` },
  applicationName: utility.name,
  manifest: '/manifest.webmanifest',
  icons: { icon: '/icon.svg', apple: '/icon-180.png' },
  appleWebApp: { title: utility.shortName },
  formatDetection: { telephone: false },
}

/** The document of every root layout: each URL space (public, desk, sign-in) has its own language rule and frame. */
export function Document({ locale, children }: { locale: Locale; children: ReactNode }) {
  const text = textIn(locale)
  const faultWords = {
    title: text('common.errorTitle'),
    words: text('common.errorText'),
    code: text('common.errorCode'),
    retry: text('common.tryAgain'),
  }
  return (
    <html lang={locale} className={hyperlegible.variable}>
      <body>
        <FaultWordsProvider words={faultWords}>{children}</FaultWordsProvider>
      </body>
    </html>
  )
}
