import type { ReactNode } from 'react'
import { Document } from '../_shell/document.tsx'
import { PublicFrame } from '../_shell/public-frame.tsx'
import { requestLocale } from '../_shell/request-locale.ts'

export { metadata, viewport } from '../_shell/document.tsx'

export default async function SignInLayout({ children }: { children: ReactNode }) {
  const locale = await requestLocale()
  return (
    <Document locale={locale}>
      <PublicFrame locale={locale}>{children}</PublicFrame>
    </Document>
  )
}
