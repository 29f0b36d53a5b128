'use client'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { AgeNote } from '../../../components/age-note.tsx'
import type { Locale } from '../../../domain/report-choices.ts'
import styles from './area-level.module.css'

const REFRESH_MS = 30_000
const ANSWER_WITHIN_MS = 8_000
const LEVELS = ['calm', 'elevated', 'storm'] as const
type Level = (typeof LEVELS)[number]

export interface AreaLevelProps {
  locale: Locale
  words: Words
}

interface Words extends Record<Level, { title: string; words: string }> {
  asOf: string
  loading: string
  unknown: string
  stale: string
}

/** How many outages are about at the moment, asked from the public API and kept current while the page is looked at. */
export function AreaLevel(props: AreaLevelProps) {
  const [queries] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={queries}>
      <Status {...props} />
    </QueryClientProvider>
  )
}

function Status({ locale, words }: AreaLevelProps) {
  const status = useQuery({ queryKey: ['outage-status'], queryFn: fetchStatus, refetchInterval: REFRESH_MS, retry: 1, networkMode: 'always' })
  if (!status.data) return <p className={styles.waiting}>{status.isError ? words.unknown : words.loading}</p>
  const { level, asOf } = status.data
  const shown = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'short' }).format(new Date(asOf))
  return (
    <div className={styles.status}>
      <p className={styles.level}>
        <Gauge level={level} />
        {words[level].title}
      </p>
      <p>{words[level].words}</p>
      <p className={styles.age}>
        <AgeNote asOf={asOf} locale={locale} before={words.asOf} fallback={shown} />
        {status.isError ? <span className={styles.stale}>{words.stale}</span> : null}
      </p>
    </div>
  )
}

/** One to three bars; the words beside it say the same. */
function Gauge({ level }: { level: Level }) {
  const bars = LEVELS.indexOf(level) + 1
  return (
    <svg className={`${styles.gauge} ${styles[level]}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {[0, 1, 2].map((bar) => (
        <rect key={bar} className={bar < bars ? styles.full : styles.hollow} x={2 + bar * 7.5} y={15 - bar * 6} width="5" height={7 + bar * 6} />
      ))}
    </svg>
  )
}

async function fetchStatus({ signal }: { signal: AbortSignal }): Promise<{ level: Level; asOf: string }> {
  const response = await fetch('/api/v1/outage-status', { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) })
  if (!response.ok) throw new Error(`Outage status answered ${response.status}`)
  const answer = (await response.json()) as { level?: unknown; asOf?: unknown }
  const level = LEVELS.find((known) => known === answer.level)
  if (!level || typeof answer.asOf !== 'string') throw new Error('Outage status is not known')
  return { level, asOf: answer.asOf }
}
