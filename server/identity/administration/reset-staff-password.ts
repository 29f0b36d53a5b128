import { endStaffSessions } from '../end-staff-sessions.ts'
import { type AdministrationContext, type Administrator, actorOf, memberOf, requireAdministrator } from './administration-context.ts'
import { passwordLink } from './password-link.ts'

/**
 * Makes somebody's password worthless and ends their sessions and tokens; the second factor stays. The audit trail has it first.
 * @returns a link by which a new password is set, shown this once
 * @throws ForbiddenError, NotFoundError, and what the log throws
 */
export async function resetStaffPassword(context: AdministrationContext, by: Administrator, command: { commandId: string; staffId: string }): Promise<{ url: string; hours: number }> {
  requireAdministrator(by)
  const { staffId } = await memberOf(context, command.staffId)
  await context.audit.append({ entryId: command.commandId, actor: actorOf(by), act: 'staff.password-reset', subject: { kind: 'staff', id: staffId } })
  await context.auth.store.staffCredential.updateMany({ where: { staffId, providerId: 'credential' }, data: { password: null } })
  await endStaffSessions(context, staffId, 'password-changed')
  const link = await passwordLink(context, staffId)
  await context.changed?.()
  return link
}
