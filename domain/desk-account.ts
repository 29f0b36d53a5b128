import { z } from 'zod'
import { ACCOUNT_FLAGS, NOTE_CHARS, REASON_CHARS, REVEAL_REASONS } from './desk-choices.ts'

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
