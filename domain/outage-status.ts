import { z } from 'zod'

/** How busy the utility's outages are, for everybody. */
export const outageStatusSchema = z.strictObject({
  level: z.enum(['calm', 'elevated', 'storm']),
  asOf: z.iso.datetime().describe('Its age is shown: it may be a last known one'),
})
export type OutageStatus = z.infer<typeof outageStatusSchema>
