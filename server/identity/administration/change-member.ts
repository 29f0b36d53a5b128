import { type StaffRole, staffMay } from '../../../domain/staff-permissions.ts'
import { ConflictError } from '../../platform/errors.ts'
import type { AdministrationContext } from './administration-context.ts'

/**
 * Changes role or state of somebody so that a supervisor who may sign in is always left: of two changes at once that would each
 * leave the other's, one is refused. Throws ConflictError.
 */
export async function changeMember({ auth }: Pick<AdministrationContext, 'auth'>, staffId: string, change: { role?: StaffRole; disabledAt?: Date | null }): Promise<void> {
  await auth.store.$transaction(async (store) => {
    // One after the other: what is counted below must not change meanwhile.
    await store.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('stormdoor staff'))`
    await store.staffMember.update({ where: { id: staffId }, data: change })
    const left = await store.staffMember.findMany({ where: { disabledAt: null }, select: { role: true } })
    const takesAway = change.disabledAt || (change.role && !staffMay(change.role, 'staff.manage'))
    if (takesAway && !left.some(({ role }) => staffMay(role as StaffRole, 'staff.manage'))) throw new ConflictError('The last supervisor stays')
  })
}
