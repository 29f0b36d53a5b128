import type { IncomingHttpHeaders } from 'node:http'
import { LOCALES, type Locale } from '../../../domain/outage-report.ts'

/** The language of a visitor: what the address asks for, then the cookie `locale`, then Accept-Language; else the first. */
export function localeOf(asked: string | undefined, headers: IncomingHttpHeaders): Locale {
  const cookie = /(?:^|;\s*)locale=([a-z]{2})/.exec(headers.cookie ?? '')?.[1]
  return [asked, cookie, ...accepted(headers['accept-language'])].find(isLocale) ?? LOCALES[0]
}

function isLocale(text: string | undefined): text is Locale {
  return (LOCALES as readonly string[]).includes(text ?? '')
}

/** Primary languages of Accept-Language, best first (RFC 9110, 12.5.4). */
function accepted(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .slice(0, 20)
    .map((part) => {
      const [tag, ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)/.exec(parameter)?.[1]).find(Boolean)
      return { language: tag!.split('-')[0]!, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ language }) => language)
}
