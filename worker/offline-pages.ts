export interface OfflinePage {
  /** Its address below the language. */
  path: string
  /** What its own script starts with; null where the page needs none. */
  entry: string | null
}

/** The pages that a phone keeps and the door serves with every other process dead: none of them runs a script of Next. */
export const OFFLINE_PAGES: readonly OfflinePage[] = [
  { path: 'report', entry: 'app/[locale]/report/_components/start-report-page.tsx' },
  { path: 'reports', entry: 'app/[locale]/reports/_components/start-reports-page.tsx' },
  { path: 'offline', entry: null },
]

/** Those that have a script of their own, with its entry. */
export const SCRIPTED_PAGES = OFFLINE_PAGES.filter((page): page is OfflinePage & { entry: string } => page.entry !== null)
