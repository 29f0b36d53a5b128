import { cookies, headers } from 'next/headers'
import { preferredLocale } from '../../domain/preferred-locale.ts'
import type { Locale } from '../../domain/report-choices.ts'
import { utility } from '../../utility.config.ts'

/** The language of a page whose address names none: the cookie that the language links set, else what the browser asks for. */
export async function requestLocale(): Promise<Locale> {
  const chosen = (await cookies()).get('locale')?.value
  return preferredLocale(utility.locales, [chosen], (await headers()).get('accept-language'))
}
