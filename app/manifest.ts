import type { MetadataRoute } from 'next'
import { utility } from '../utility.config.ts'

export default function manifest(): MetadataRoute.Manifest {
  return {
    id: '/',
    name: utility.name,
    short_name: utility.shortName,
    start_url: `/${utility.locales[0]!}/report`,
    scope: '/',
    display: 'standalone',
    background_color: utility.brand.accent.light,
    theme_color: utility.brand.accent.light,
    icons: [
      { src: '/icons/192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icons/512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
  }
}
