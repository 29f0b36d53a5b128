'use client'
import { useEffect, useState } from 'react'
import { useDeskText } from './desk-text.tsx'

const LOOK_AGAIN_MS = 15_000
const ANSWER_WITHIN_MS = 8_000

/** The way to what is undelivered, with how many reports that are when there are any. @param initial null while nobody can say */
export function UndeliveredLink({ className, initial }: { className: string | undefined; initial: number | null }) {
  const { text } = useDeskText()
  const [reports, setReports] = useState(initial)
  useEffect(() => {
    const look = async () => {
      const response = await fetch('/desk/undelivered/count', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
      if (response.ok) setReports(((await response.json()) as { reports: number | null }).reports)
    }
    // Whoever cannot be asked now is asked again.
    const timer = setInterval(() => void look().catch(() => undefined), LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <a className={className} href="/desk/undelivered">
      {reports ? text('desk.delivery.nav', { count: reports }) : text('desk.delivery.title')}
    </a>
  )
}
