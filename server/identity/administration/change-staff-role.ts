import type { StaffRole } from '../../../domain/staff-permissions.ts'
import { endStaffSessions } from '../end-staff-sessions.ts'
import { type AdministrationContext, type Administrator, actorOf, forbidOwn, memberOf, requireAdministrator } from './administration-context.ts'
import { changeMember } from './change-member.ts'

/**
 * Gives somebody another role, and ends their sessions and tokens. The audit trail has it first.
 * Throws ForbiddenError (also for one's own), NotFoundError, ConflictError for the last supervisor, and what the log throws.
 * @param command.commandId of the form: sent twice it is one change
 */
export async function changeStaffRole(context: AdministrationContext, by: Administrator, command: { commandId: string; staffId: string; role: StaffRole }): Promise<void> {
  requireAdministrator(by)
  forbidOwn(by, command.staffId)
  const { staffId, role } = await memberOf(context, command.staffId)
  if (role !== command.role) {
    await context.audit.append({
      entryId: command.commandId, actor: actorOf(by), act: 'staff.role-changed', subject: { kind: 'staff', id: staffId }, before: { role }, after: { role: command.role },
    })
    await changeMember(context, staffId, { role: command.role })
  }
  await endStaffSessions(context, staffId, 'role-changed')
  await context.changed?.()
}
