/** The closed lists of a follow-up. Apart from its schema, so that a phone loads the words without the validator. */
export const WITHDRAW_REASONS = ['power-back', 'mistake', 'other'] as const
export const STILL_OUT_ANSWERS = ['yes', 'no'] as const

export type WithdrawReason = (typeof WITHDRAW_REASONS)[number]
export type StillOutAnswer = (typeof STILL_OUT_ANSWERS)[number]
