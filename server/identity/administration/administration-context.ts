import type { Random } from '../../../domain/clock.ts'
import type { AuditTrail } from '../../audit/record-acts.ts'
import { ForbiddenError, NotFoundError } from '../../platform/errors.ts'
import type { EndingContext } from '../end-staff-sessions.ts'
import { requirePermission } from '../require-permission.ts'
import { type Staff, staffSchema, type StaffRole } from '../staff.ts'

/** What changing who the staff are needs. */
export interface AdministrationContext extends EndingContext {
  audit: Pick<AuditTrail, 'append'>
  random: Random
  publicUrl: string
  /** Called after a change that the break-glass copy must know of. */
  changed?: () => Promise<void>
}

/** Who changes it: a supervisor at the desk, or whoever runs a command on the server. */
export type Administrator = { kind: 'staff'; staff: Staff } | { kind: 'system'; id: string }

export interface Member {
  staffId: string
  name: string
  email: string
  role: StaffRole
  disabledAt: Date | null
}

/** Throws ForbiddenError. */
export function requireAdministrator(by: Administrator): void {
  if (by.kind === 'staff') requirePermission(by.staff, 'staff.manage')
}

export function actorOf(by: Administrator): { kind: 'staff' | 'system'; id: string; role?: string } {
  return by.kind === 'staff' ? { kind: 'staff', id: by.staff.staffId, role: by.staff.role } : { kind: 'system', id: by.id }
}

/** Throws NotFoundError. */
export async function memberOf({ auth }: Pick<AdministrationContext, 'auth'>, staffId: string): Promise<Member> {
  const row = await auth.store.staffMember.findUnique({ where: { id: staffId }, select: { id: true, name: true, email: true, role: true, disabledAt: true } })
  if (!row) throw new NotFoundError('Nobody of the staff has this id')
  const { id, role, ...rest } = row
  return { staffId: id, role: staffSchema.shape.role.parse(role), ...rest }
}

/** Nobody changes what they may do themselves. Throws ForbiddenError. */
export function forbidOwn(by: Administrator, staffId: string): void {
  if (by.kind === 'staff' && by.staff.staffId === staffId) throw new ForbiddenError('This is for somebody else to do')
}
