/** The closed lists of an outage report. Apart from its schema, so that a phone loads the words without the validator. */
export const HAZARDS = ['downed-line', 'fire', 'gas-smell', 'injury'] as const
export const SCOPES = ['whole-home', 'part-of-home', 'flickering', 'dim'] as const
export const ANSWERS = ['yes', 'no', 'unknown'] as const
/** How the forms ask since when; the report itself carries an instant. */
export const SINCE = ['now', 'hour', 'earlier', 'unknown'] as const
export const LOCALES = ['en', 'es'] as const
export const CHANNELS = ['web', 'plain-form', 'agent'] as const

export type Hazard = (typeof HAZARDS)[number]
export type Scope = (typeof SCOPES)[number]
export type Locale = (typeof LOCALES)[number]
