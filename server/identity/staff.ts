import { z } from 'zod'
import { STAFF_ROLES, type StaffRole } from '../../domain/staff-permissions.ts'

export { STAFF_ROLES, type StaffRole }

export const staffSchema = z.object({
  staffId: z.uuid(),
  name: z.string(),
  role: z.enum(STAFF_ROLES),
})
export type Staff = z.infer<typeof staffSchema>
