'use client'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Locale } from '../../../domain/report-choices.ts'
import { translator, type Translate } from '../../../domain/text.ts'
import type { DeskMessages } from '../../../messages/text-in.ts'

interface DeskText {
  text: Translate<DeskMessages>
  locale: Locale
  /** An instant as date and time in the utility's time zone. */
  time: (instant: string) => string
}

const Context = createContext<DeskText | null>(null)

/** Gives the desk's client components their texts, in the language of the request. */
export function DeskTextProvider({ messages, locale, timeZone, children }: { messages: DeskMessages; locale: Locale; timeZone: string; children: ReactNode }) {
  const value = useMemo(() => {
    const times = new Intl.DateTimeFormat(locale, { timeZone, month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit' })
    return { text: translator(messages, locale), locale, time: (instant: string) => times.format(new Date(instant)) }
  }, [messages, locale, timeZone])
  return <Context value={value}>{children}</Context>
}

export function useDeskText(): DeskText {
  const value = useContext(Context)
  if (!value) throw new Error('useDeskText needs a DeskTextProvider above it')
  return value
}
