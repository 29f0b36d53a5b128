'use client'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { DeskEntry } from '../../../server/outages/desk-entry.ts'

/** In a storm a word for each would drown everything else that is read out. */
const TELL_EVERY_MS = 30_000

/** What came since the last word about it, now and then; null when nothing did. */
export function useArrivals(reports: readonly DeskEntry[]): { reports: number; hazards: number } | null {
  const known = useRef<ReadonlySet<string>>(new Set(reports.map(({ id }) => id)))
  const [arrived, setArrived] = useState<{ reports: number; hazards: number } | null>(null)
  const look = useEffectEvent(() => {
    const came = reports.filter(({ id, open }) => open && !known.current.has(id))
    known.current = new Set(reports.map(({ id }) => id))
    setArrived(came.length > 0 ? { reports: came.length, hazards: came.filter(({ hazardous }) => hazardous).length } : null)
  })
  useEffect(() => {
    const timer = setInterval(() => look(), TELL_EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return arrived
}
