export const HANDLING_STEPS = ['claimed', 'released', 'resolved', 'reopened'] as const
export type HandlingStep = (typeof HANDLING_STEPS)[number]
