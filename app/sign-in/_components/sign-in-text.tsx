'use client'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Locale } from '../../../domain/report-choices.ts'
import { translator, type Translate } from '../../../domain/text.ts'
import type { SignInMessages } from '../../../messages/text-in.ts'

const Context = createContext<Translate<SignInMessages> | null>(null)

/** Gives the forms of the sign-in their texts, in the language of the request. */
export function SignInTextProvider({ messages, locale, children }: { messages: SignInMessages; locale: Locale; children: ReactNode }) {
  const text = useMemo(() => translator(messages, locale), [messages, locale])
  return <Context value={text}>{children}</Context>
}

export function useSignInText(): Translate<SignInMessages> {
  const text = useContext(Context)
  if (!text) throw new Error('useSignInText needs a SignInTextProvider above it')
  return text
}
