import { z } from 'zod'
import { REPORT_LIMITS as limits } from './report-limits.ts'

const line = (max: number) => z.string().trim().min(1).max(max)

/**
 * What a guest must know before anything is said: two facts that agree (an account or phone number, and the
 * house number of its address), or a full address. One fact alone would let a list be tried.
 */
export const guestLookUpSchema = z
  .strictObject({
    accountNumber: line(limits.accountNumberChars).optional(),
    phone: line(limits.phoneChars).optional(),
    houseNumber: line(16).optional().describe('Beside accountNumber or phone'),
    address: line(limits.addressChars).optional().describe('Street, house number and postal code, in one line'),
  })
  .refine(
    (facts) =>
      facts.address === undefined
        ? (facts.accountNumber === undefined) !== (facts.phone === undefined) && facts.houseNumber !== undefined
        : facts.accountNumber === undefined && facts.phone === undefined && facts.houseNumber === undefined,
    { message: 'Give an account number or a phone number with the house number, or a full address alone', path: [] },
  )
  .meta({ example: { accountNumber: '4100 0000 19', houseNumber: '101' } })
export type GuestLookUp = z.infer<typeof guestLookUpSchema>

/** The same shape whether or not anything matched. */
export const nearbySchema = z.strictObject({
  nearby: z.enum(['reported', 'none-known']),
  asOf: z.iso.datetime(),
})
export type Nearby = z.infer<typeof nearbySchema>
