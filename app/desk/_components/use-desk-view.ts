'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { DeskView } from '../desk-view.ts'
import type { DeskFilter } from './desk-filter.ts'
import { withLoaded, withRows } from './desk-rows.ts'
import { useDeskMessages } from './use-desk-stream.ts'

/** Also without a word from the stream: a list that is silently old is worse than one look too many. */
const LOOK_AGAIN_MS = 15_000
/** Between two times that the stream asks for it: a store that never agrees with the log must not be asked without end. */
const RELOAD_PAUSE_MS = 2_000
const ANSWER_WITHIN_MS = 8_000

/** The list as it is now: loaded once, then told row by row; loaded again when the stream says so, or is away. @param most reports that are kept */
export function useDeskView(initial: DeskView, order: DeskFilter['order'], most: number) {
  const queries = useQueryClient()
  const key = ['desk', order]
  const [firstOrder] = useState(order)
  const desk = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const loaded = await fetchDesk<DeskView>(`order=${order}`, signal)
      const held = queries.getQueryData<DeskView>(key)
      return held ? withLoaded(held, loaded) : loaded
    },
    initialData: () => (order === firstOrder ? initial : undefined),
    placeholderData: (before) => before ?? initial,
    staleTime: Infinity,
    retry: false,
    networkMode: 'always',
  })
  const load = () => void queries.invalidateQueries({ queryKey: key })
  const change = (update: (view: DeskView) => DeskView) => queries.setQueryData<DeskView>(key, (view) => view && update(view))
  const view = desk.data ?? initial
  const reloading = useRef<number | undefined>(undefined)
  useEffect(() => () => window.clearTimeout(reloading.current), [])
  // From where the list was read: what came since is told, so a list that is loaded again leaves no gap either.
  const stream = useDeskMessages(view.position, ({ rows, reload }) => {
    if (rows.length > 0) change((held) => withRows(held, rows, { order, most }))
    if (!reload) return
    window.clearTimeout(reloading.current)
    reloading.current = window.setTimeout(load, Math.max(0, desk.dataUpdatedAt + RELOAD_PAUSE_MS - Date.now()))
  })
  // The stream tells what changed; whether it can be read at all, and whether the session stands, is asked.
  const standing = useQuery({
    queryKey: ['desk-standing'],
    queryFn: ({ signal }) => fetchDesk<Pick<DeskView, 'current' | 'totals'>>('only=standing', signal),
    refetchInterval: LOOK_AGAIN_MS,
    retry: false,
    networkMode: 'always',
  })
  const { data: stood, dataUpdatedAt, isError } = standing
  const onStood = useEffectEvent(() => {
    if (!stood) return
    if (stood.current !== view.current || stream !== 'live') load()
    else change((held) => ({ ...held, totals: stood.totals }))
  })
  useEffect(() => {
    if (dataUpdatedAt > 0) onStood()
  }, [dataUpdatedAt])
  return {
    view,
    standing: desk.isError || isError ? 'reconnecting' : stream,
    sessionOver: desk.error instanceof SessionOverError || standing.error instanceof SessionOverError,
  }
}

class SessionOverError extends Error {}

async function fetchDesk<T>(query: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(`/desk/reports?${query}`, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) })
  if (response.status === 401) throw new SessionOverError('The session is over')
  if (!response.ok) throw new Error(`The desk answered ${response.status}`)
  return (await response.json()) as T
}
