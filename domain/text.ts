/** A catalogue: nested sections of messages. `{name}` is replaced; a plural is an object of Intl.PluralRules categories. */
export interface Catalogue {
  [key: string]: string | Catalogue
}

/** Dotted keys of a catalogue's messages: a typo is a type error. */
type MessageKey<C> = C extends string
  ? never
  : { [K in keyof C & string]: C[K] extends string ? K : 'other' extends keyof C[K] ? K : `${K}.${MessageKey<C[K]>}` }[keyof C & string]

type Values = Record<string, string | number>
export type Translate<C> = (key: MessageKey<C>, values?: Values) => string

/**
 * A translator over one catalogue. A plural message (an object with `other`) is chosen by `values.count`.
 * Throws on a key that the catalogue does not have: the catalogues are compared by a test.
 */
export function translator<C extends object>(catalogue: C, locale: string): Translate<C> {
  // Made when first needed: on a phone, to make one costs more than to draw a section of a page.
  let plurals: Intl.PluralRules | undefined
  let numbers: Intl.NumberFormat | undefined
  return (key, values = {}) => {
    let found: unknown = catalogue
    for (const part of (key as string).split('.')) found = (found as Record<string, unknown> | undefined)?.[part]
    if (typeof found === 'object' && found !== null) {
      const forms = found as Record<string, string>
      found = forms[(plurals ??= new Intl.PluralRules(locale)).select(Number(values['count'] ?? 0))] ?? forms['other']
    }
    if (typeof found !== 'string') throw new Error(`No message "${key as string}" in the ${locale} catalogue`)
    return found.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      return value === undefined ? whole : typeof value === 'number' ? (numbers ??= new Intl.NumberFormat(locale)).format(value) : value
    })
  }
}
