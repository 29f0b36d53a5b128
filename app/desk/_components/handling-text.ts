import type { Handling } from '../../../domain/handling.ts'
import type { Locale } from '../../../domain/report-choices.ts'
import type { Translate } from '../../../domain/text.ts'
import type { DeskMessages } from '../../../messages/text-in.ts'

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]] as const

/** "3 sec. ago". @param at ISO 8601 */
function agoText(at: string, locale: Locale, nowMs = Date.now()): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(at)) / 1_000))
  const [unit, unitSeconds] = UNITS.find(([, length]) => seconds >= length) ?? UNITS[3]
  return new Intl.RelativeTimeFormat(locale, { style: 'short' }).format(-Math.floor(seconds / unitSeconds), unit)
}

/** Who has a report, or resolved it; null while it is new. */
export function handlingText(text: Translate<DeskMessages>, { state, by }: Handling, staffId: string): string | null {
  if (state === 'new' || !by) return null
  return by.staffId === staffId ? text(`desk.handling.${state}ByYou`) : text(`desk.handling.${state}By`, { name: by.name })
}

/** That somebody else was first: who, and when. */
export function conflictText(text: Translate<DeskMessages>, locale: Locale, { state, by, at }: Handling, nowMs?: number): string {
  if (state === 'new' || !by || !at) return text('desk.handling.changedMeanwhile')
  return text(`desk.handling.${state}By_`, { name: by.name, ago: agoText(at, locale, nowMs) })
}
