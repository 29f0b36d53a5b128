import { endStaffSessions } from '../end-staff-sessions.ts'
import { removeFactor } from '../staff-factor.ts'
import { type AdministrationContext, type Administrator, actorOf, forbidOwn, memberOf, requireAdministrator } from './administration-context.ts'

/**
 * Takes somebody's second factor away, so that a new one is enrolled at the next sign-in, and ends their sessions and tokens.
 * The audit trail has it first. Throws ForbiddenError (also for one's own), NotFoundError, and what the log throws.
 */
export async function resetStaffFactor(context: AdministrationContext, by: Administrator, command: { commandId: string; staffId: string }): Promise<void> {
  requireAdministrator(by)
  forbidOwn(by, command.staffId)
  const { staffId } = await memberOf(context, command.staffId)
  await context.audit.append({ entryId: command.commandId, actor: actorOf(by), act: 'staff.factor-reset', subject: { kind: 'staff', id: staffId } })
  await removeFactor(context.auth, staffId)
  await endStaffSessions(context, staffId, 'factor-changed')
  await context.changed?.()
}
