import { QueryClient } from '@tanstack/react-query'
import type { PersistedClient, Persister } from '@tanstack/react-query-persist-client'
import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'

const DAY_MS = 24 * 60 * 60_000

/** How long something read is worth showing, with its age. */
export const READ_KEPT_MS = 7 * DAY_MS

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { gcTime: READ_KEPT_MS, staleTime: 15_000, retry: 1, networkMode: 'always', refetchOnWindowFocus: 'always' } },
  })
}

/** What was read last stays on the phone, in the outbox's database; a phone that keeps nothing just reads again. */
export function persisterIn(store: OutboxStore): Persister {
  return {
    persistClient: (client) => store.writeNote('read-cache', client).catch(() => {}),
    restoreClient: () => store.readNote('read-cache').then((client) => client as PersistedClient | undefined, () => undefined),
    removeClient: () => store.writeNote('read-cache', undefined).catch(() => {}),
  }
}
