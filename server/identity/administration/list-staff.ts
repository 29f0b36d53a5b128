import { requirePermission } from '../require-permission.ts'
import type { StaffAuth } from '../staff-auth.ts'
import { type Staff, staffSchema, type StaffRole } from '../staff.ts'

export interface StaffEntry {
  staffId: string
  name: string
  email: string
  role: StaffRole
  /** ISO 8601 UTC; null for who may sign in. */
  disabledAt: string | null
  /** How they sign in. */
  hasPassword: boolean
  hasFactor: boolean
  isOfProvider: boolean
}

/** All staff, by name. Throws ForbiddenError, and whatever Postgres throws while it is away. @param by null: a command on the server */
export async function listStaff(auth: StaffAuth, by: Staff | null): Promise<StaffEntry[]> {
  if (by) requirePermission(by, 'staff.manage')
  const rows = await auth.store.staffMember.findMany({ include: { credentials: { select: { providerId: true, password: true } } }, orderBy: [{ name: 'asc' }, { email: 'asc' }] })
  return rows.map(({ id, name, email, role, disabledAt, twoFactorEnabled, credentials }) => ({
    staffId: id, name, email, role: staffSchema.shape.role.parse(role), disabledAt: disabledAt?.toISOString() ?? null,
    hasPassword: credentials.some(({ providerId, password }) => providerId === 'credential' && password !== null),
    hasFactor: twoFactorEnabled,
    isOfProvider: credentials.some(({ providerId }) => providerId === 'oidc'),
  }))
}
