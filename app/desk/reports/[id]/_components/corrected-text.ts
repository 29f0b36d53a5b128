import type { Locale } from '../../../../../domain/report-choices.ts'
import type { Text } from '../../../../../messages/text-in.ts'
import { durationText } from '../../../_components/duration-text.ts'

/** Nearer than this, the phone's own time says the same. */
const SAME_MS = 60_000

interface Said {
  /** ISO 8601, by the phone's clock. */
  said: string | undefined
  /** The same by the server's clock; absent in reports from before that was kept. */
  occurredAt: string | undefined
  errorMs: number
}

/** The corrected time with its error, and what the phone said; null when the two do not differ. */
export function correctedText({ said, occurredAt, errorMs }: Said, { text, locale, format }: { text: Text; locale: Locale; format: (instant: string) => string }): string | null {
  if (said === undefined || occurredAt === undefined || Math.abs(Date.parse(occurredAt) - Date.parse(said)) < SAME_MS) return null
  const about = text('desk.correctedTime', { time: format(occurredAt), error: durationText(errorMs, locale) })
  return `${about}, ${text('desk.phoneSaid', { time: format(said) })}`
}
