import { z } from 'zod'
import { accountsSyncedSchema } from './operations.ts'

const MOST_PRELOADED = 1_000

/** What a program asks to be in the cache: some accounts, answered one by one, or all of them, by a run of its own. */
export const preloadSchema = z
  .union([
    z.strictObject({ accountNumbers: z.array(z.string().trim().min(1).max(32)).min(1).max(MOST_PRELOADED) }),
    z.strictObject({
      full: z.literal(true),
      acceptDifference: z.boolean().optional().describe('Applies a load that only its difference to what is known would refuse; for tokens that have the scope accept-difference, too'),
    }),
  ])
  .meta({ example: { accountNumbers: ['4100000019', '4100000027'] } })

const PRELOAD_OUTCOMES = ['loaded', 'unchanged', 'unknown', 'rejected'] as const

export const preloadedSchema = z.object({
  accounts: z.array(
    z.object({
      accountNumber: z.string().describe('As it was asked for'),
      outcome: z.enum(PRELOAD_OUTCOMES).describe('loaded: new or changed; unknown: the core system has none; rejected: what it has cannot be an account'),
      field: z.string().optional().describe('Of a rejected one: what is wrong'),
      rule: z.string().optional(),
    }),
  ),
})
export type Preloaded = z.infer<typeof preloadedSchema>

export const preloadBegunSchema = z.object({ runId: z.uuid().describe('Ask GET /api/v1/preload/{runId} for how it goes') })

export const preloadRunSchema = z.discriminatedUnion('state', [
  z.object({ runId: z.uuid(), state: z.literal('under-way') }),
  accountsSyncedSchema.omit({ cursor: true, etag: true, kind: true }).extend({ state: z.literal('ended') }),
])
export type PreloadRun = z.infer<typeof preloadRunSchema>
