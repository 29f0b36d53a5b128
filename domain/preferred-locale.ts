import type { Locale } from './report-choices.ts'

/**
 * The language to answer in when the address names none: what the person chose, else what the browser asks for,
 * else the utility's first.
 * @param wished in order of weight: the `lang` parameter, the `locale` cookie
 * @param acceptLanguage the request header
 */
export function preferredLocale(locales: readonly Locale[], wished: readonly (string | null | undefined)[], acceptLanguage: string | null | undefined): Locale {
  const known = (tag: string | null | undefined) => locales.find((locale) => locale === tag?.trim().toLowerCase().split('-')[0])
  for (const wish of wished) {
    const locale = known(wish)
    if (locale) return locale
  }
  const ranges = (acceptLanguage ?? '').split(',').slice(0, 20).map((range) => {
    const [tag, ...parameters] = range.split(';')
    const quality = Number(parameters.find((parameter) => parameter.trim().startsWith('q='))?.trim().slice(2) ?? 1)
    return { tag, quality }
  })
  const asked = ranges.filter(({ tag, quality }) => quality > 0 && known(tag)).sort((a, b) => b.quality - a.quality)
  return known(asked[0]?.tag) ?? locales[0]!
}
