import { endStaffSessions } from '../end-staff-sessions.ts'
import { type AdministrationContext, type Administrator, actorOf, forbidOwn, memberOf, requireAdministrator } from './administration-context.ts'
import { changeMember } from './change-member.ts'

/**
 * Takes from somebody the right to sign in, or gives it back, and ends their sessions and tokens. The audit trail has it first.
 * Throws ForbiddenError (also for oneself), NotFoundError, ConflictError for the last supervisor, and what the log throws.
 */
export async function disableStaff(context: AdministrationContext, by: Administrator, command: { commandId: string; staffId: string; disabled: boolean }): Promise<void> {
  requireAdministrator(by)
  forbidOwn(by, command.staffId)
  const { staffId, disabledAt } = await memberOf(context, command.staffId)
  if (Boolean(disabledAt) !== command.disabled) {
    await context.audit.append({
      entryId: command.commandId, actor: actorOf(by), act: command.disabled ? 'staff.disabled' : 'staff.enabled', subject: { kind: 'staff', id: staffId },
      before: { disabled: !command.disabled }, after: { disabled: command.disabled },
    })
    await changeMember(context, staffId, { disabledAt: command.disabled ? new Date(context.clock.nowMs()) : null })
  }
  await endStaffSessions(context, staffId, 'by-staff')
  await context.changed?.()
}
