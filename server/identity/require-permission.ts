import { staffMay, type StaffPermission } from '../../domain/staff-permissions.ts'
import { ForbiddenError } from '../platform/errors.ts'
import type { Staff } from './staff.ts'

/** Opens every verb of the desk that is given who asks. Throws ForbiddenError unless the role may do this. */
export function requirePermission(staff: Staff, permission: StaffPermission): void {
  if (!staffMay(staff.role, permission)) throw new ForbiddenError(`The role ${staff.role} is not for ${permission}`)
}
