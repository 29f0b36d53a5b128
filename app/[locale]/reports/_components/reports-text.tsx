'use client'
import { createContext, type ReactNode, use, useMemo } from 'react'
import type { Locale } from '../../../../domain/report-choices.ts'
import { translator, type Translate } from '../../../../domain/text.ts'
import type en from '../../../../messages/en.json'

type ReportsMessages = (typeof en)['reports']

const Context = createContext<Translate<ReportsMessages> | null>(null)

/** This page's own words; what it shares with the report page comes from there. */
export function ReportsTextProvider({ locale, messages, children }: { locale: Locale; messages: ReportsMessages; children: ReactNode }) {
  const words = useMemo(() => translator(messages, locale), [locale, messages])
  return <Context value={words}>{children}</Context>
}

export function useReportsText(): Translate<ReportsMessages> {
  const words = use(Context)
  if (!words) throw new Error('useReportsText needs a ReportsTextProvider around it')
  return words
}
