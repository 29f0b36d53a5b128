import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { DeskAccount } from '../../../../../server/accounts/desk/look-at-account.ts'
import { useDeskStream } from '../../../_components/use-desk-stream.ts'
import type { AccountNews } from '../timeline/route.ts'

/** Short, so that a colleague's note is there while the caller still speaks: most answers are empty. */
const LOOK_AGAIN_MS = 2_000
const ANSWER_WITHIN_MS = 8_000

type News = Omit<AccountNews, 'mark'> & { mark: string | null }

/** What changes at an account while its page is open. `tell` asks at once, for what one did oneself. */
export function useAccountNews({ accountNumber, flags, timeline }: DeskAccount): Pick<DeskAccount, 'flags' | 'timeline'> & { isCurrent: boolean; tell: () => void } {
  const queries = useQueryClient()
  const queryKey = ['account', accountNumber]
  const initial: News = { mark: null, flags, timeline }
  const { data, isError } = useQuery({
    queryKey,
    queryFn: ({ signal }) => askedAgain(accountNumber, queries.getQueryData<News>(queryKey) ?? initial, signal),
    initialData: initial,
    refetchInterval: LOOK_AGAIN_MS,
    retry: false,
    networkMode: 'always',
  })
  const tell = () => {
    // Without its mark everything is read again.
    queries.setQueryData<News>(queryKey, (held) => held && { ...held, mark: null })
    void queries.invalidateQueries({ queryKey })
  }
  useDeskStream((ids) => {
    if (ids.has('*') || data.timeline.items.some((item) => item.kind === 'report' && ids.has(item.reportId))) tell()
  })
  return { flags: data.flags, timeline: data.timeline, isCurrent: !isError, tell }
}

async function askedAgain(accountNumber: string, held: News, signal: AbortSignal): Promise<News> {
  const mark = held.mark === null ? '' : `?mark=${held.mark}`
  const response = await fetch(`/desk/accounts/${encodeURIComponent(accountNumber)}/timeline${mark}`, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) })
  if (response.status === 204) return held
  if (!response.ok) throw new Error(`The desk answered ${response.status}`)
  return (await response.json()) as AccountNews
}
