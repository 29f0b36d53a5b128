import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { AccountSearch } from '../../../domain/account-search.ts'

const ANSWER_WITHIN_MS = 8_000
/** An index that follows the log is seconds old at most. */
const OLD_AFTER_MS = 60_000

export type SearchState = 'idle' | 'asking' | 'answered' | 'failed' | 'session-over'

interface Found {
  state: SearchState
  /** Of the last answer: it stays until the next one, so that nothing flickers while somebody types. */
  answer: AccountSearch | null
  /** The accounts are not those of this moment. */
  isOld: boolean
}

const nothing: Found = { state: 'idle', answer: null, isOld: false }

/** Asks with every letter; an answer to what was typed before is never shown over a later one. */
export function useAccountSearch(): Found & { ask: (typed: string) => void } {
  const [found, setFound] = useState<Found>(nothing)
  const asking = useRef<AbortController>(null)
  useEffect(() => () => asking.current?.abort(), [])

  const askNow = async (typed: string, { signal }: AbortController): Promise<void> => {
    const next = await fetchAccounts(typed, signal).catch((): Found => ({ ...nothing, state: 'failed' }))
    // At once: the answer is on the screen with the next frame.
    if (!signal.aborted) flushSync(() => setFound(next))
  }
  const ask = (typed: string) => {
    asking.current?.abort()
    if (typed.trim() === '') return setFound(nothing)
    const controller = new AbortController()
    asking.current = controller
    setFound((before) => ({ ...before, state: 'asking' }))
    void askNow(typed, controller)
  }
  return { ...found, ask }
}

async function fetchAccounts(typed: string, signal: AbortSignal): Promise<Found> {
  const response = await fetch('/desk/search', {
    method: 'POST',
    headers: { 'content-type': 'text/plain;charset=utf-8' },
    body: typed,
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  })
  if (response.status === 401) return { ...nothing, state: 'session-over' }
  if (!response.ok) throw new Error(`The search answered ${response.status}`)
  const answer = (await response.json()) as AccountSearch
  const isOld = answer.kind !== 'all' || (answer.asOf !== null && Date.now() - Date.parse(answer.asOf) > OLD_AFTER_MS)
  return { state: 'answered', answer, isOld }
}
