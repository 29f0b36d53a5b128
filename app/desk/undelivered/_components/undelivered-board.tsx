'use client'
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Callout } from '../../../../components/callout.tsx'
import { useDeskText } from '../../_components/desk-text.tsx'
import { useDeskStream } from '../../_components/use-desk-stream.ts'
import type { UndeliveredView } from '../undelivered-view.ts'
import styles from './undelivered.module.css'
import { UndeliveredRow } from './undelivered-row.tsx'

const LOOK_AGAIN_MS = 15_000
const ANSWER_WITHIN_MS = 8_000
const QUERY_KEY = ['undelivered']

interface Shown {
  initial: UndeliveredView
  mayRedo: boolean
}

export function UndeliveredBoard(shown: Shown) {
  const [queries] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={queries}>
      <Board {...shown} />
    </QueryClientProvider>
  )
}

/** The dead letters, kept current by itself. A row goes when it is queued again: the word about it takes the focus. */
function Board({ initial, mayRedo }: Shown) {
  const { text } = useDeskText()
  const queries = useQueryClient()
  const said = useRef<HTMLParagraphElement>(null)
  const [told, setTold] = useState('')
  const lookAgain = () => void queries.invalidateQueries({ queryKey: QUERY_KEY })
  useDeskStream(lookAgain)
  const { data: view } = useQuery({ queryKey: QUERY_KEY, queryFn: fetchUndelivered, initialData: initial, refetchInterval: LOOK_AGAIN_MS, retry: false, networkMode: 'always' })
  const tell = (words: string) => {
    setTold(words)
    said.current?.focus()
    lookAgain()
  }
  return (
    <div className={styles.page}>
      <h1>{text('desk.delivery.title')}</h1>
      {view.deliveries.length > 0 ? <p>{text('desk.delivery.lead')}</p> : null}
      <p ref={said} className={styles.told} role="status" tabIndex={-1}>
        {told}
      </p>
      {view.current === false ? <Callout kind="warn" title={text('desk.delivery.before')} announce /> : null}
      {view.current === null ? <Callout kind="danger" title={text('desk.delivery.unavailable')} announce /> : null}
      {view.deliveries.length > 0 ? (
        <>
          <p className={styles.soft}>{text('desk.delivery.count', { count: view.reports })}</p>
          <ol role="list" className={styles.rows}>
            {view.deliveries.map((delivery) => (
              <UndeliveredRow key={`${delivery.deliveryId} ${delivery.round}`} delivery={delivery} mayRedo={mayRedo} onTold={tell} />
            ))}
          </ol>
        </>
      ) : null}
      {view.deliveries.length === 0 && view.current !== null ? <p className={styles.soft}>{text('desk.delivery.none')}</p> : null}
    </div>
  )
}

async function fetchUndelivered({ signal }: { signal: AbortSignal }): Promise<UndeliveredView> {
  const response = await fetch('/desk/undelivered/list', { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) })
  if (!response.ok) throw new Error(`The desk answered ${response.status}`)
  return (await response.json()) as UndeliveredView
}
