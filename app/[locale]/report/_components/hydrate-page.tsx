import { type ComponentType, startTransition } from 'react'
import { hydrateRoot } from 'react-dom/client'
import type { Locale } from '../../../../domain/report-choices.ts'

const YEAR_SECONDS = 31_536_000

/** Takes over the prerendered markup inside the element with this id; what the page is made of stands in its `data-props`. */
export function hydratePage<P extends { locale: Locale }>(id: string, Page: ComponentType<P>): void {
  const root = document.getElementById(id)
  if (!root?.dataset['props']) return
  const props = JSON.parse(root.dataset['props']) as P
  // In slices, between which a phone answers the thumb: as one task it takes a slow one a fifth of a second.
  startTransition(() => void hydrateRoot(root, <Page {...props} />))
  // Whoever reads this page in a language wants it again: `/report` leads there, online and offline.
  document.cookie = `locale=${props.locale}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}
