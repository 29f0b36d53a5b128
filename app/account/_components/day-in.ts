import type { Locale } from '../../../domain/report-choices.ts'
import { utility } from '../../../utility.config.ts'

/** An instant as a date of the utility's time zone. */
export function dayIn(locale: Locale, instant: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: utility.timeZone, dateStyle: 'long' }).format(new Date(instant))
}

/** With the time of day. */
export function timeIn(locale: Locale, instant: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: utility.timeZone, dateStyle: 'long', timeStyle: 'short' }).format(new Date(instant))
}
