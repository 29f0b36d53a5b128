'use client'
import { usePathname } from 'next/navigation'
import type { Locale } from '../../domain/report-choices.ts'
import styles from './language-links.module.css'

const NAMES: Record<Locale, string> = { en: 'English', es: 'Español' }
const YEAR_SECONDS = 31_536_000

/** The same page in the other languages: plain links, so that they work without script; the choice is remembered with it. */
export function LanguageLinks({ label, locale, locales }: { label: string; locale: Locale; locales: readonly Locale[] }) {
  const pathname = usePathname()
  const counterpart = (other: Locale) =>
    pathname.startsWith(`/${locale}`) ? pathname.replace(`/${locale}`, `/${other}`) : `${pathname}?lang=${other}`
  if (locales.length < 2) return null
  return (
    <nav aria-label={label}>
      <ul role="list" className={styles.languages}>
        {locales.filter((other) => other !== locale).map((other) => (
          <li key={other}>
            <a className={styles.other} href={counterpart(other)} hrefLang={other} lang={other} onClick={({ currentTarget }) => follow(other, currentTarget)}>
              {NAMES[other]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** What else the address asks for goes along. */
function follow(locale: Locale, link: HTMLAnchorElement): void {
  const url = new URL(link.href)
  for (const [name, value] of new URLSearchParams(window.location.search)) if (!url.searchParams.has(name)) url.searchParams.append(name, value)
  link.href = url.href
  remember(locale)
}

function remember(locale: Locale): void {
  document.cookie = `locale=${locale}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}
