import { z } from 'zod'
import { accountSchema } from './account.ts'
import { REPORT_LIMITS as limits } from './report-limits.ts'

export const LOOK_UP_FACTS = ['phone', 'meter', 'email', 'address'] as const

const text = (max: number) => z.string().trim().min(1).max(max)

/** By what a program of staff finds accounts: one fact. */
export const accountLookUpSchema = z
  .strictObject({
    phone: text(limits.phoneChars).optional().describe('As typed; without a country code it is one of the utility’s own country'),
    meter: text(32).optional(),
    email: text(254).optional(),
    address: text(limits.addressChars).optional().describe('A street line in any spelling; with its unit for that one alone'),
  })
  .refine((facts) => LOOK_UP_FACTS.filter((name) => facts[name] !== undefined).length === 1, { message: `Give one of ${LOOK_UP_FACTS.join(', ')}` })
export type AccountLookUpQuery = z.infer<typeof accountLookUpSchema>

const instant = z.iso.datetime()

/** Accounts as last told, 20 at the most; none only when it is known that there are none. */
export const accountsFoundSchema = z.object({
  accounts: z.array(accountSchema.extend({ asOf: instant.describe('When this account was last told') })),
  asOf: instant.nullable().describe('Of the oldest of them; null when none were found'),
  ageSeconds: z.number().min(0).nullable().describe('How long that is ago'),
  source: z.enum(['redis', 'postgres']).nullable(),
})
export type AccountsFound = z.infer<typeof accountsFoundSchema>
