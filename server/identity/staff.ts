import { z } from 'zod'
import { STAFF_ROLES, type StaffRole } from '../../domain/staff-permissions.ts'

export { STAFF_ROLES, type StaffRole }

export const staffSchema = z.object({
  staffId: z.uuid(),
  name: z.string(),
  role: z.enum(STAFF_ROLES),
  /** Signed in from the encrypted copy of staff, while the identity store was away. */
  breakGlass: z.literal(true).optional(),
})
export type Staff = z.infer<typeof staffSchema>
