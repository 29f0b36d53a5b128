'use client'
import { useEffect, useState } from 'react'
import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'
import { readAdditionDrafts } from './addition-draft.ts'
import type { OpenPanel } from './report-actions.tsx'

/** The form that stands open; at first the one in which something was typed before the page was left. */
export function useOpenPanel(store: OutboxStore | undefined): [OpenPanel | null, (panel: OpenPanel | null) => void] {
  const [panel, setPanel] = useState<OpenPanel | null>(null)

  useEffect(() => {
    let shown = true
    void (store && readAdditionDrafts(store))?.then((drafts) => {
      const [reportId] = Object.keys(drafts)
      if (shown && reportId !== undefined) setPanel((open) => open ?? { reportId, kind: 'add' })
    })
    return () => {
      shown = false
    }
  }, [store])

  return [panel, setPanel]
}
