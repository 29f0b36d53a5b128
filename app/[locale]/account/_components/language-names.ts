import type { Locale } from '../../../../domain/report-choices.ts'

/** Each in itself: whoever looks for theirs may not read the page's. */
export const LANGUAGE_NAMES: Record<Locale, string> = { en: 'English', es: 'Español' }
