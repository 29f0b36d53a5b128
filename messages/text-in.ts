import type { Locale } from '../domain/report-choices.ts'
import { translator, type Translate } from '../domain/text.ts'
import en from './en.json' with { type: 'json' }
import es from './es.json' with { type: 'json' }

export type Text = Translate<typeof en>
export type DeskMessages = Pick<typeof en, 'desk'>
export type SignInMessages = Pick<typeof en, 'signIn'>

const catalogues: Record<Locale, typeof en> = { en, es }
const texts: Record<Locale, Text> = { en: translator(en, 'en'), es: translator(es, 'es') }

/** The translator over the whole catalogue: for the server. A client component gets the few texts that it shows. */
export function textIn(locale: Locale): Text {
  return texts[locale]
}

/** The desk's own messages, to be handed to its client components. */
export function deskMessages(locale: Locale): DeskMessages {
  return { desk: catalogues[locale].desk }
}

/** The messages of the staff's sign-in, to be handed to its client components. */
export function signInMessages(locale: Locale): SignInMessages {
  return { signIn: catalogues[locale].signIn }
}
