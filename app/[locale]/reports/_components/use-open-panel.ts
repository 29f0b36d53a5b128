'use client'
import { useEffect, useEffectEvent, useState } from 'react'
import type { OutboxView } from '../../report/_components/outbox-view.ts'
import { pruneAdditionDrafts } from './addition-draft.ts'
import { followUpsOf } from './follow-ups-of.ts'
import type { OpenPanel } from './report-actions.tsx'

/** The form that stands open; at first the one in which something was typed before the page was left, if it can still be said. */
export function useOpenPanel(view: OutboxView): [OpenPanel | null, (panel: OpenPanel | null) => void] {
  const [panel, setPanel] = useState<OpenPanel | null>(null)
  // Only then is the list whole: a disk that does not answer says nothing about which reports are gone.
  const { loginId } = view.who
  const store = view.disk === 'works' ? view.outbox?.store : undefined
  const isOpen = useEffectEvent((reportId: string) => view.hidden.ids.has(reportId) || (view.reports?.some(({ id }) => id === reportId) === true && !followUpsOf(view, reportId).some(({ kind }) => kind === 'withdraw')))
  const isShown = useEffectEvent((reportId: string) => view.reports?.some(({ id }) => id === reportId) === true)
  const isRefused = useEffectEvent((reportId: string) => view.reports?.find(({ id }) => id === reportId)?.attention != null)

  useEffect(() => {
    let shown = true
    const reopen = async () => {
      if (!store) return
      const reportId = (await pruneAdditionDrafts(store, isOpen, loginId)).find((id) => isShown(id) && !isRefused(id))
      if (shown && reportId !== undefined) setPanel((open) => open ?? { reportId, kind: 'add' })
    }
    void reopen()
    return () => {
      shown = false
    }
  }, [store, loginId])

  return [panel, setPanel]
}
