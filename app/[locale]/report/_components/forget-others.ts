import type { QueryClient } from '@tanstack/react-query'
import type { Owner } from '../../../../worker/outbox/report-record.ts'

/**
 * Keeps what was read of one login from being kept on the phone, and shown, when it is another's: at once, and when it is
 * brought back from the disk. What is said of nobody stays.
 * @returns a function that ends it
 */
export function forgetOthers(queries: QueryClient, loginId: Owner): () => void {
  const cache = queries.getQueryCache()
  const isAnothers = (key: readonly unknown[]): boolean => key[0] === 'me' && key[1] !== loginId
  const forget = () => queries.removeQueries({ predicate: ({ queryKey }) => isAnothers(queryKey) })
  forget()
  return cache.subscribe(({ type, query }) => {
    // Not within the change that is told of.
    if (type === 'added' && isAnothers(query.queryKey)) queueMicrotask(forget)
  })
}
