import type { IncomingHttpHeaders } from 'node:http'
import { preferredLocale } from '../../../domain/preferred-locale.ts'
import type { Locale } from '../../../domain/report-choices.ts'

/** The language of a visitor: what the address or the form asks for, then the cookie `locale`, then Accept-Language. */
export function localeOf(locales: readonly Locale[], asked: string | undefined, headers: IncomingHttpHeaders): Locale {
  const cookie = /(?:^|;\s*)locale=([^;]*)/.exec(headers.cookie ?? '')?.[1]
  return preferredLocale(locales, [asked, cookie], headers['accept-language'])
}
