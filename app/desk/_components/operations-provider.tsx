'use client'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useState } from 'react'
import type { Operations } from '../../../server/operations/get-operations.ts'

const LOOK_AGAIN_MS = 10_000
/** While something is down: it may be back any moment. */
const LOOK_SOON_MS = 4_000
const ANSWER_WITHIN_MS = 8_000

const Context = createContext<Operations | null>(null)

/** What is down and how sync goes, asked for once for everything on the page. Keeps what it knew while nobody answers. */
export function OperationsProvider({ initial, children }: { initial: Operations; children: ReactNode }) {
  const [queries] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={queries}>
      <Asking initial={initial}>{children}</Asking>
    </QueryClientProvider>
  )
}

export function useOperations(): Operations {
  const value = useContext(Context)
  if (!value) throw new Error('useOperations needs an OperationsProvider above it')
  return value
}

function Asking({ initial, children }: { initial: Operations; children: ReactNode }) {
  const operations = useQuery({
    queryKey: ['operations'],
    queryFn: fetchOperations,
    initialData: initial,
    refetchInterval: ({ state }) => (state.data?.down.length ? LOOK_SOON_MS : LOOK_AGAIN_MS),
    retry: false,
    networkMode: 'always',
  })
  return <Context value={operations.data}>{children}</Context>
}

async function fetchOperations({ signal }: { signal: AbortSignal }): Promise<Operations> {
  const response = await fetch('/desk/operations', { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) })
  if (!response.ok) throw new Error(`The desk answered ${response.status}`)
  return (await response.json()) as Operations
}
