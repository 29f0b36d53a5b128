import type { Locale } from '../../../domain/report-choices.ts'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** A length of time in its two greatest units, rounded down: "2 hr 10 min"; under a second: "0 sec". @param durationMs 0 or more */
export function durationText(durationMs: number, locale: Locale): string {
  const first = UNITS.findIndex(([, unitMs]) => durationMs >= unitMs)
  const from = first === -1 ? UNITS.length - 1 : first
  let restMs = durationMs
  const parts: string[] = []
  for (const [unit, unitMs] of UNITS.slice(from, from + 2)) {
    const count = Math.floor(restMs / unitMs)
    restMs -= count * unitMs
    if (count > 0 || parts.length === 0) parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count))
  }
  return parts.join(' ')
}
