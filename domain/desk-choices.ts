/** What staff may choose at an account; apart from its schemas, for pages that need no validation. */
export const ACCOUNT_FLAGS = ['medical-priority', 'safety-risk', 'do-not-call', 'language-help'] as const

/** Why staff need to see a customer's details; the choice is not enough, they say it in words too. */
export const REVEAL_REASONS = ['caller-verified', 'call-back', 'crew-needs', 'check-report', 'another'] as const

/** Details stay open so long, then they are masked again. */
export const REVEALED_FOR_MS = 10 * 60_000
export const REASON_CHARS = { least: 4, most: 300 } as const
export const NOTE_CHARS = 2_000
