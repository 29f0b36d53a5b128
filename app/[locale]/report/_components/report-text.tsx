'use client'
import { createContext, type ReactNode, use, useMemo } from 'react'
import type { Locale } from '../../../../domain/report-choices.ts'
import { translator, type Translate } from '../../../../domain/text.ts'
import type { Utility } from '../../../../domain/utility.ts'
import type en from '../../../../messages/en.json'

export type ReportMessages = (typeof en)['report']
export type Phones = Pick<Utility, 'emergency' | 'gasEmergency' | 'outageLine'>

interface ReportText {
  text: Translate<ReportMessages>
  locale: Locale
  phones: Phones
  /** A time of day, with its date when that is not today; in the phone's own zone. */
  timeOf: (instantMs: number) => string
}

const Context = createContext<ReportText | null>(null)

/** The page's words in its language, and the utility's numbers. */
export function ReportTextProvider({ locale, messages, phones, children }: { locale: Locale; messages: ReportMessages; phones: Phones; children: ReactNode }) {
  const value = useMemo(() => ({ text: translator(messages, locale), locale, phones, timeOf: timeIn(locale) }), [locale, messages, phones])
  return <Context value={value}>{children}</Context>
}

export function useReportText(): ReportText {
  const value = use(Context)
  if (!value) throw new Error('useReportText needs a ReportTextProvider around it')
  return value
}

function timeIn(locale: Locale): (instantMs: number) => string {
  // Made when first needed, as the translator's are.
  let time: Intl.DateTimeFormat | undefined
  let day: Intl.DateTimeFormat | undefined
  return (instantMs) =>
    new Date(instantMs).toDateString() === new Date().toDateString()
      ? (time ??= new Intl.DateTimeFormat(locale, { timeStyle: 'short' })).format(instantMs)
      : (day ??= new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })).format(instantMs)
}
