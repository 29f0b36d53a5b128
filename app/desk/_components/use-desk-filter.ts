'use client'
import { useSearchParams } from 'next/navigation'
import { useMemo } from 'react'
import { type DeskFilter, deskQuery, parseDeskFilter } from './desk-filter.ts'

/** The filter as the address says it; a change is a step to go back from, unless it replaces the last one. */
export function useDeskFilter(): [DeskFilter, (filter: DeskFilter, replaces?: boolean) => void] {
  const query = useSearchParams()
  const filter = useMemo(() => parseDeskFilter(query), [query])
  const change = (next: DeskFilter, replaces = false) => {
    const address = `${window.location.pathname}${deskQuery(next)}`
    if (replaces) window.history.replaceState(null, '', address)
    else window.history.pushState(null, '', address)
  }
  return [filter, change]
}
