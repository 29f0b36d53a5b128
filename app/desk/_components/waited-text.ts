import type { Locale } from '../../../domain/report-choices.ts'
import type { Translate } from '../../../domain/text.ts'
import type { DeskMessages } from '../../../messages/text-in.ts'
import type { DeskEntry } from '../../../server/outages/desk-entry.ts'
import { durationText } from './duration-text.ts'

/** How long a report waited on its phone, that its customer was asked, and the answer; null when nobody was asked. */
export function waitedText(text: Translate<DeskMessages>, locale: Locale, { confirmation, waitedMs }: Pick<DeskEntry, 'confirmation' | 'waitedMs'>): string | null {
  if (confirmation === 'not-needed' || waitedMs === null) return null
  const time = durationText(waitedMs, locale)
  if (confirmation === 'asked') return text('desk.waited', { time })
  return confirmation === 'still-out' ? text('desk.waitedStillOut', { time }) : text('desk.waitedBack', { time })
}
