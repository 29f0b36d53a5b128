import type { MetadataRoute } from 'next'
import type { Locale } from '../domain/report-choices.ts'
import { textIn } from '../messages/text-in.ts'
import { utility } from '../utility.config.ts'

/** For pages that are in no language's folder; the others have their own, of the same app. */
export default function manifest(): MetadataRoute.Manifest {
  return manifestIn(utility.locales[0]!)
}

/** What a phone installs, in one language. The identity is the same in all of them: changing language installs no second app. */
export function manifestIn(locale: Locale): MetadataRoute.Manifest {
  const text = textIn(locale)
  const icon = { src: '/icons/96.png', sizes: '96x96', type: 'image/png' }
  return {
    id: '/',
    name: utility.name,
    short_name: utility.shortName,
    description: text('report.description'),
    lang: locale,
    dir: 'ltr',
    // Leads to the language that was used last, with and without a connection.
    start_url: '/report',
    scope: '/',
    display: 'standalone',
    background_color: utility.brand.accent.light,
    theme_color: utility.brand.accent.light,
    categories: ['utilities'],
    icons: [
      ...[192, 512].flatMap((side) => {
        const sizes = `${side}x${side}`
        return [
          { src: `/icons/${side}.png`, sizes, type: 'image/png', purpose: 'any' as const },
          { src: `/icons/maskable-${side}.png`, sizes, type: 'image/png', purpose: 'maskable' as const },
        ]
      }),
      { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    ],
    shortcuts: [
      { name: text('report.title'), url: '/report', icons: [icon] },
      { name: text('report.myReports'), url: `/${locale}/reports`, icons: [icon] },
    ],
  }
}
