import localFont from 'next/font/local'

/** Gives the root element `--font-hyperlegible`. */
export const hyperlegible = localFont({
  src: '../fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2',
  weight: '200 800',
  variable: '--font-hyperlegible',
  display: 'swap',
})
