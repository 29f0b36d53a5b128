'use client'
import { createContext, type ReactNode, use, useMemo } from 'react'
import type { Locale } from '../../../../domain/report-choices.ts'
import { translator, type Translate } from '../../../../domain/text.ts'
import type en from '../../../../messages/en.json'

export type AccountMessages = (typeof en)['account']

interface AccountText {
  text: Translate<AccountMessages>
  locale: Locale
  /** A day and its time, in the phone's own zone. */
  timeOf: (instant: string) => string
}

const Context = createContext<AccountText | null>(null)

/** The page's words in its language. */
export function AccountTextProvider({ locale, messages, children }: { locale: Locale; messages: AccountMessages; children: ReactNode }) {
  const value = useMemo(() => {
    const times = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
    return { text: translator(messages, locale), locale, timeOf: (instant: string) => times.format(new Date(instant)) }
  }, [locale, messages])
  return <Context value={value}>{children}</Context>
}

export function useAccountText(): AccountText {
  const value = use(Context)
  if (!value) throw new Error('useAccountText needs an AccountTextProvider around it')
  return value
}
