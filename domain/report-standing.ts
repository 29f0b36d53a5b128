import { z } from 'zod'
import { receiptSchema } from './receipt.ts'

/** Where a report stands, as its owner may know it: the receipt again, and how far the utility has come. */
export const reportStandingSchema = receiptSchema.extend({
  state: z.enum(['received', 'matched']).describe('matched: an account was found for it'),
  asOf: z.iso.datetime().describe('When this was true'),
})
export type ReportStanding = z.infer<typeof reportStandingSchema>
