'use client'
import { useEffect, useEffectEvent, useState } from 'react'

export type StreamState = 'live' | 'reconnecting'

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 10_000
/** Several changes at once ask for one look. */
const GATHER_MS = 200

/**
 * Calls `onChange` after changes at the desk, and after each new connection, for what happened in between was not heard.
 * An EventSource gives up for good on an answer such as 502; this opens a new one, with growing, jittered pauses.
 */
export function useDeskStream(onChange: (ids: ReadonlySet<string>) => void): StreamState {
  const [state, setState] = useState<StreamState>('reconnecting')
  const changed = useEffectEvent(onChange)
  useEffect(() => {
    const gathered = new Set<string>()
    let source: EventSource | null = null
    let failures = 0
    let retry: number | undefined
    let gather: number | undefined
    const tell = (id: string) => {
      gathered.add(id)
      gather ??= window.setTimeout(() => {
        gather = undefined
        const ids = new Set(gathered)
        gathered.clear()
        changed(ids)
      }, GATHER_MS)
    }
    const open = () => {
      source = new EventSource('/desk/stream')
      source.addEventListener('open', () => {
        failures = 0
        setState('live')
        tell('*')
      })
      source.addEventListener('message', (event) => tell((JSON.parse(event.data as string) as { id: string }).id))
      source.addEventListener('error', () => {
        setState('reconnecting')
        source?.close()
        const longestMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++)
        retry = window.setTimeout(open, FIRST_RETRY_MS + Math.random() * longestMs)
      })
    }
    open()
    return () => {
      source?.close()
      window.clearTimeout(retry)
      window.clearTimeout(gather)
    }
  }, [])
  return state
}
