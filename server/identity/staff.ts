import { z } from 'zod'

/** What a member of staff may do grows with later roles; both see the desk. */
export const STAFF_ROLES = ['agent', 'dispatcher'] as const

export const staffSchema = z.object({
  staffId: z.uuid(),
  name: z.string(),
  role: z.enum(STAFF_ROLES),
})
export type Staff = z.infer<typeof staffSchema>
export type StaffRole = Staff['role']
