'use client'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { DeskMessage } from '../../../server/outages/desk-session.ts'

/** `connecting`: not yet, for the first time. */
export type StreamState = 'connecting' | 'live' | 'reconnecting'
type Told = Pick<DeskMessage, 'rows' | 'reload'>

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 10_000
/** Several changes at once ask for one look. */
const GATHER_MS = 200

/**
 * Tells of changes at the desk from `since` on, in their order and without a gap, whatever happens to the connection; null: from now on,
 * and `reload` first. Another `since` begins anew from there. An EventSource gives up for good on an answer such as 502; this opens a new one, with growing, jittered pauses.
 */
export function useDeskMessages(since: string | null, onMessage: (message: Told) => void): StreamState {
  const [state, setState] = useState<StreamState>('connecting')
  const told = useEffectEvent(onMessage)
  useEffect(() => {
    let position = since
    let source: EventSource | null = null
    let failures = 0
    let retry: number | undefined
    const open = () => {
      source = new EventSource(position === null ? '/desk/stream' : `/desk/stream?since=${encodeURIComponent(position)}`)
      source.addEventListener('open', () => {
        failures = 0
        setState('live')
      })
      source.addEventListener('message', (event) => {
        told(JSON.parse(event.data as string) as Told)
        position = event.lastEventId
      })
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
    }
  }, [since])
  return state
}

/** Calls `onChange` with the ids of reports that changed; `*` when any may have. */
export function useDeskStream(onChange: (ids: ReadonlySet<string>) => void): StreamState {
  const gathered = useRef(new Set<string>())
  const timer = useRef<number | undefined>(undefined)
  useEffect(() => () => window.clearTimeout(timer.current), [])
  return useDeskMessages(null, ({ rows, reload }) => {
    for (const id of reload ? ['*'] : rows.map((row) => row.id)) gathered.current.add(id)
    if (gathered.current.size === 0 || timer.current !== undefined) return
    timer.current = window.setTimeout(() => {
      timer.current = undefined
      const ids = gathered.current
      gathered.current = new Set()
      onChange(ids)
    }, GATHER_MS)
  })
}
