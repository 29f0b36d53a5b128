import { z } from 'zod'
import { ACCOUNT_FLAGS } from './event.ts'

/** Why staff need to see a customer's details; the choice is not enough, they say it in words too. */
export const REVEAL_REASONS = ['caller-verified', 'call-back', 'crew-needs', 'check-report', 'other'] as const
export type RevealReason = (typeof REVEAL_REASONS)[number]

/** Details stay open so long, then they are masked again. */
export const REVEALED_FOR_MS = 10 * 60_000
export const REASON_CHARS = { least: 4, most: 300 } as const
export const NOTE_CHARS = 2_000

const accountNumber = z.string().trim().min(1).max(32)

export const revealSchema = z.object({
  revealId: z.uuidv7().describe('Made with the form'),
  accountNumber,
  why: z.enum(REVEAL_REASONS),
  words: z.string().trim().min(REASON_CHARS.least).max(REASON_CHARS.most),
})

export const noteSchema = z.object({
  noteId: z.uuidv7().describe('Made with the form'),
  accountNumber,
  text: z.string().trim().min(1).max(NOTE_CHARS),
})

export const flaggingSchema = z.object({
  flaggingId: z.uuidv7().describe('Made with the form'),
  accountNumber,
  basedOn: z.uuid().nullable().describe('The change that the form shows; null when nobody had set any'),
  flags: z.array(z.enum(ACCOUNT_FLAGS)).max(ACCOUNT_FLAGS.length).transform((flags) => ACCOUNT_FLAGS.filter((flag) => flags.includes(flag))),
})
