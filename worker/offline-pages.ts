export interface OfflinePage {
  /** What its script is called. */
  name: string
  /** Its address below the language; empty for the language's own. */
  path: string
  /** What its own script starts with; null where the page needs none. */
  entry: string | null
}

/** The pages that a phone keeps and the door serves with every other process dead: none of them runs a script of Next. */
export const OFFLINE_PAGES: readonly OfflinePage[] = [
  { name: 'home', path: '', entry: 'app/[locale]/_components/start-home-page.tsx' },
  { name: 'report', path: 'report', entry: 'app/[locale]/report/_components/start-report-page.tsx' },
  { name: 'reports', path: 'reports', entry: 'app/[locale]/reports/_components/start-reports-page.tsx' },
  { name: 'account', path: 'account', entry: 'app/[locale]/account/_components/start-account-page.tsx' },
  { name: 'offline', path: 'offline', entry: null },
]

/** Those that have a script of their own, with its entry. */
export const SCRIPTED_PAGES = OFFLINE_PAGES.filter((page): page is OfflinePage & { entry: string } => page.entry !== null)

/** Where Next puts the finished page, below `server/app/` of its output. */
export function htmlFile(locale: string, { path }: Pick<OfflinePage, 'path'>): string {
  return path === '' ? `${locale}.html` : `${locale}/${path}.html`
}
