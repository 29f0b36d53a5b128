'use client'
import { useEffect } from 'react'
import type { OutboxView } from './page-outbox.ts'

/** Without a disk, closing the page loses what is not received, report or change: the browser asks first. */
export function useWarningBeforeLoss({ disk, reports, followUps }: OutboxView): void {
  const wouldLose = disk === 'memory' && [...(reports ?? []), ...followUps].some((record) => !record.received)
  useEffect(() => {
    if (!wouldLose) return undefined
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [wouldLose])
}
