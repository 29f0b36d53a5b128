import type { WithdrawReason } from '../../../../domain/follow-up-choices.ts'

/** The message of each reason; in a catalogue `other` would be a form of a plural. */
export const REASON_WORDS = { 'power-back': 'reason.power-back', mistake: 'reason.mistake', other: 'reason.another' } as const satisfies Record<WithdrawReason, string>
