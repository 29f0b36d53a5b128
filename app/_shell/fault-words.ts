import type { Locale } from '../../domain/report-choices.ts'
import { textIn } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'
import { type PhoneLine, phoneLines } from './phone-line.ts'

export interface FaultWords {
  title: string
  words: string
  /** With `{code}` where the code stands. */
  code: string
  retry: string
}

/** What the page says that stands in for a failed document: there is nobody left to ask for the language. */
export interface GlobalFaultWords extends FaultWords {
  locale: Locale
  phones: string
  lines: readonly PhoneLine[]
}

export function faultWords(locale: Locale): FaultWords {
  const text = textIn(locale)
  return { title: text('common.errorTitle'), words: text('common.errorText'), code: text('common.errorCode'), retry: text('common.tryAgain') }
}

/** In every language of the utility. */
export function globalFaultWords(): GlobalFaultWords[] {
  return utility.locales.map((locale) => {
    const text = textIn(locale)
    return { ...faultWords(locale), locale, phones: text('common.phones'), lines: phoneLines(text) }
  })
}
