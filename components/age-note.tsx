'use client'
import { useSyncExternalStore } from 'react'
import type { Locale } from '../domain/report-choices.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const TICK_MS = 15_000

/**
 * How old something is, kept current: "3 minutes ago".
 * @param asOf ISO 8601 instant
 * @param before what stands in front, such as "as of"
 * @param fallback shown before the script runs: an age from the server would already be wrong
 */
export function AgeNote({ asOf, locale, before, fallback }: { asOf: string; locale: Locale; before?: string; fallback: string }) {
  const nowMs = useSyncExternalStore(onTick, tickedMs, () => null)
  const shown = nowMs === null ? fallback : ageOf(nowMs - Date.parse(asOf), locale)
  return (
    <time dateTime={asOf} title={fallback}>
      {before ? `${before} ${shown}` : shown}
    </time>
  )
}

const listeners = new Set<() => void>()
let lastTickMs = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** One timer for all ages on a page. */
function onTick(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    lastTickMs = Date.now()
    for (const tell of listeners) tell()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Moved on by a look that comes long after a tick, for a sleeping tab has none. */
function tickedMs(): number {
  const nowMs = Date.now()
  if (nowMs - lastTickMs >= TICK_MS) lastTickMs = nowMs
  return lastTickMs
}

function ageOf(ageMs: number, locale: Locale): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (ageMs < MINUTE_MS) return words.format(0, 'second')
  if (ageMs < HOUR_MS) return words.format(-Math.floor(ageMs / MINUTE_MS), 'minute')
  if (ageMs < DAY_MS) return words.format(-Math.floor(ageMs / HOUR_MS), 'hour')
  return words.format(-Math.floor(ageMs / DAY_MS), 'day')
}
