import { SEARCH_CHARS, type SearchAnswer, searchAnswerSchema } from '../../domain/account-search.ts'
import { guardStore, type StoreGuard } from '../platform/guarded-store.ts'
import { searchToken } from './search-token.ts'

/** Whoever types sees exact matches rather than wait longer. */
const TIMEOUT_MS = 400
const AT_ONCE = 50
const WAITING = 200
const WATCH_EVERY_MS = 5_000

/** Asks the search process what was typed. Rejects when it does not answer so. */
export type AskSearch = (typed: string, signal: AbortSignal) => Promise<SearchAnswer>

/** The search process behind its breaker. */
export function connectToSearch({ url, sessionSecret, timeoutMs = TIMEOUT_MS }: { url: string; sessionSecret: string; timeoutMs?: number }): StoreGuard<AskSearch> {
  const headers = { authorization: `Bearer ${searchToken(sessionSecret)}`, 'content-type': 'text/plain;charset=utf-8' }
  const ask: AskSearch = async (typed, signal) => {
    const response = await fetch(`${url}/search`, { method: 'POST', headers, body: typed.slice(0, SEARCH_CHARS), signal })
    if (!response.ok) throw new Error(`The search answered ${response.status}`)
    return searchAnswerSchema.parse(await response.json())
  }
  return guardStore('search', ask, { timeoutMs, atOnce: AT_ONCE, waiting: WAITING, watchEveryMs: WATCH_EVERY_MS, probe: (client, signal) => client('', signal) })
}
