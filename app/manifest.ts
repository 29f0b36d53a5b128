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
    background_color: '#f5f7f6',
    theme_color: '#f5f7f6',
    icons: [
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
  }
}
