'use client'
import type { QueryClient } from '@tanstack/react-query'
import { persistQueryClient } from '@tanstack/react-query-persist-client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Locale } from '../../../../domain/report-choices.ts'
import { startWorker } from './browser-send.ts'
import { forgetOthers } from './forget-others.ts'
import { NOTHING_YET, type OutboxView } from './outbox-view.ts'
import { PageOutbox } from './page-outbox.ts'
import { newQueryClient, persisterIn, READ_KEPT_MS } from './read-cache.ts'

/** The phone's outbox, sending for as long as the page is there, and what was read of the server, kept on the phone. */
export function usePageOutbox(locale: Locale): { page: PageOutbox; view: OutboxView; queryClient: QueryClient } {
  const [queryClient] = useState(newQueryClient)
  const [page] = useState(() => new PageOutbox())
  const view = useSyncExternalStore(page.subscribe, page.view, () => NOTHING_YET)
  const store = view.outbox?.store
  const { loginId } = view.who

  useEffect(() => {
    let stop: (() => void) | undefined
    // After the page has been taken over, not within: each is work that a slow phone feels.
    const turn = setTimeout(() => {
      stop = page.start()
      void startWorker().then(page.resume)
    })
    return () => {
      clearTimeout(turn)
      stop?.()
    }
  }, [page])

  useEffect(() => {
    store?.writeNote('locale', locale).catch(() => {})
  }, [store, locale])

  // Before what the phone has kept is brought back.
  useEffect(() => (store ? forgetOthers(queryClient, loginId) : undefined), [queryClient, store, loginId])

  useEffect(() => {
    if (!store?.durable) return undefined
    const [stop] = persistQueryClient({
      queryClient,
      persister: persisterIn(store),
      maxAge: READ_KEPT_MS,
      // Also what was read before the last try failed: a second reload without a network must not forget it.
      dehydrateOptions: { shouldDehydrateQuery: ({ state }) => state.data !== undefined },
    })
    return stop
  }, [queryClient, store])

  return { page, view, queryClient }
}
