'use client'
import { useEffect } from 'react'
import type { OutboxView } from './outbox-view.ts'

/** Without a disk, closing the page loses what is not received, report or change and whosever it is: the browser asks first. */
export function useWarningBeforeLoss({ disk, reports, followUps, hidden }: OutboxView): void {
  const wouldLose = disk === 'memory' && (hidden.sending + hidden.refused > 0 || [...(reports ?? []), ...followUps].some((record) => !record.received))
  useEffect(() => {
    if (!wouldLose) return undefined
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [wouldLose])
}
