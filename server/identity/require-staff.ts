import type { StaffPermission } from '../../domain/staff-permissions.ts'
import { NotSignedInError } from '../platform/errors.ts'
import { requirePermission } from './require-permission.ts'
import type { StaffAuth } from './staff-auth.ts'
import { findStaffSession, type StaffSession } from './staff-session.ts'
import type { Staff } from './staff.ts'

/**
 * The member of staff behind a request. Every verb, action and route of the desk opens with it, or with requireStaffFor.
 * Throws NotSignedInError, also for who has not enrolled a second factor yet, and ReadsUnavailableError while it is not known
 * whether the session was ended.
 * @param headers those of the request, with its cookies
 */
export async function requireStaff(auth: StaffAuth, headers: Headers): Promise<Staff> {
  return (await requireStaffSession(auth, headers)).staff
}

/** The member of staff behind a request, who may do this. Throws as requireStaff, and ForbiddenError for another role. */
export async function requireStaffFor(auth: StaffAuth, headers: Headers, permission: StaffPermission): Promise<Staff> {
  const staff = await requireStaff(auth, headers)
  requirePermission(staff, permission)
  return staff
}

/** As requireStaff, with what is known of the session. */
export async function requireStaffSession(auth: StaffAuth, headers: Headers): Promise<StaffSession> {
  const session = await findStaffSession(auth, headers)
  if (!session || session.signedInBy === 'password') throw new NotSignedInError('No valid staff session')
  return session
}
