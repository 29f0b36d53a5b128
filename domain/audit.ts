import { z } from 'zod'

const ACTOR_KINDS = ['staff', 'customer', 'guest', 'program', 'system'] as const
const SUBJECT_KINDS = ['account', 'report', 'login', 'staff', 'search', 'audit', 'system'] as const

/** Acts are `area.past-tense`: account.looked-at, account.revealed, search.asked, staff.signed-in, staff.role-changed. */
const act = z.string().regex(/^[a-z-]+\.[a-z-]+$/).max(64)

export const auditEntrySchema = z.object({
  entryId: z.uuid(),
  at: z.iso.datetime(),
  actor: z.object({ kind: z.enum(ACTOR_KINDS), id: z.string().max(128), role: z.string().max(32).optional() }),
  act,
  subject: z.object({ kind: z.enum(SUBJECT_KINDS), id: z.string().max(128) }),
  /** As stated by the actor. */
  reason: z.string().max(400).optional(),
  /** What it was and what it became, where an act changes something: only the fields that changed. */
  before: z.record(z.string(), z.unknown()).optional(),
  after: z.record(z.string(), z.unknown()).optional(),
  traceId: z.string().max(64).optional(),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

/** Looks and acts of a moment, together. Key and id: of the batch. */
export const auditRecordedSchema = z.object({ entries: z.array(auditEntrySchema).min(1) })
export type AuditRecorded = z.infer<typeof auditRecordedSchema>
