import type { ReactNode } from 'react'
import { signInMessages } from '../../messages/text-in.ts'
import { Document } from '../_shell/document.tsx'
import { PublicFrame } from '../_shell/public-frame.tsx'
import { requestLocale } from '../_shell/request-locale.ts'
import { SignInTextProvider } from './_components/sign-in-text.tsx'

export { metadata, viewport } from '../_shell/document.tsx'

export default async function SignInLayout({ children }: { children: ReactNode }) {
  const locale = await requestLocale()
  return (
    <Document locale={locale}>
      <PublicFrame locale={locale}>
        <SignInTextProvider messages={signInMessages(locale)} locale={locale}>
          {children}
        </SignInTextProvider>
      </PublicFrame>
    </Document>
  )
}
