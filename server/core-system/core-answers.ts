import { z } from 'zod'
import { coreAccountSchema } from './core-account.ts'

const cursor = z.string().min(1).max(512).describe('Opaque')

/** All accounts at one moment. */
export const snapshotSchema = z.object({
  snapshotId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  accounts: z.int().min(0).describe('How many rows it has'),
  digest: z.string().regex(/^[0-9a-f]{64}$/).describe('Sum modulo 2^256 of SHA-256 of each row’s canonical text, hexadecimal'),
  asOf: z.iso.datetime().describe('The moment, UTC'),
  changesFrom: cursor.describe('Where the change feed goes on after it; opaque'),
})
/** With the tag that the next question shows. */
export type Snapshot = z.infer<typeof snapshotSchema> & { etag: string }

/** @param row of an account: unknown when it is judged row by row */
const pageOf = (row: z.ZodType) => z.object({
  rows: z.array(row),
  next: cursor.nullable().describe('Where the next page begins; null after the last one'),
})
export const snapshotPageSchema = pageOf(z.unknown())

const changeOf = (row: z.ZodType) => z.discriminatedUnion('type', [
  z.object({ type: z.literal('upsert'), account: row }),
  z.object({ type: z.literal('closed'), accountNumber: z.string().min(1).max(64) }),
])
export const coreChangeSchema = changeOf(z.unknown())
export type CoreChange = z.infer<typeof coreChangeSchema>

const changesOf = (change: z.ZodType<CoreChange>) => z.object({
  changes: z.array(change),
  next: cursor.describe('Where the feed goes on; opaque'),
  more: z.boolean().describe('More can be fetched at once'),
})
export const accountChangesSchema = changesOf(coreChangeSchema)

export const receiptSchema = z.object({ reference: z.string().min(1).max(64).describe('What the core system calls it') })

/** The answers as they ought to be, each row included. */
export const describedAnswers = { AccountPage: pageOf(coreAccountSchema), AccountChanges: changesOf(changeOf(coreAccountSchema)) }
