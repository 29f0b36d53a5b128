import { z } from 'zod'
import { receiptSchema } from './receipt.ts'

const REPORT_STATES = ['received', 'matched', 'withdrawn'] as const
export type ReportState = (typeof REPORT_STATES)[number]

/** Of a report that waited long before it arrived: whether the customer was asked, and the newest answer. */
const CONFIRMATIONS = ['not-needed', 'asked', 'still-out', 'back'] as const
export type Confirmation = (typeof CONFIRMATIONS)[number]

/** Where a report stands, as its owner may know it: the receipt again, and how far the utility has come. */
export const reportStandingSchema = receiptSchema.extend({
  state: z.enum(REPORT_STATES).describe('matched: an account was found for it; withdrawn: by a follow-up of the customer'),
  confirmation: z
    .enum(CONFIRMATIONS)
    .optional()
    .describe('asked: it waited long on the phone, so the phone asks whether the power is still out; then the answer'),
  additions: z.int().min(0).optional().describe('How many follow-ups added to it'),
  corrected: z
    .object({ savedAt: z.iso.datetime(), errorMs: z.number().min(0) })
    .optional()
    .describe('When it was saved by the server’s clock, and how far that may be off in milliseconds'),
  asOf: z.iso.datetime().describe('When this was true'),
})
export type ReportStanding = z.infer<typeof reportStandingSchema>
