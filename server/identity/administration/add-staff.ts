import { z } from 'zod'
import { STAFF_ROLES } from '../../../domain/staff-permissions.ts'
import { ConflictError, InvalidInputError } from '../../platform/errors.ts'
import { type AdministrationContext, type Administrator, actorOf, requireAdministrator } from './administration-context.ts'
import { passwordLink } from './password-link.ts'

const inputSchema = z.object({
  commandId: z.uuid(),
  email: z.string().trim().toLowerCase().pipe(z.email().max(254)),
  name: z.string().trim().min(1).max(160),
  role: z.enum(STAFF_ROLES),
})

/**
 * Makes a login, which has neither password nor second factor until the link was used. The audit trail has it first.
 * @returns a link by which the password is set, shown this once
 * @throws InvalidInputError (fields /email, /name, /role), ForbiddenError, ConflictError when the address is somebody's, and what the log throws
 */
export async function addStaff(context: AdministrationContext, by: Administrator, input: { commandId: string; email: unknown; name: unknown; role: unknown }): Promise<{ staffId: string; url: string; hours: number }> {
  requireAdministrator(by)
  const parsed = inputSchema.safeParse(input)
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))]
    throw new InvalidInputError(fields.map((field) => ({ field: `/${field}`, rule: field === 'email' ? 'email' : 'required', fix: `Give the ${field}` })))
  }
  const { commandId, email, name, role } = parsed.data
  const { auth, audit, clock } = context
  if (await auth.store.staffMember.findUnique({ where: { email }, select: { id: true } })) throw new ConflictError('Somebody has this address already')
  await audit.append({ entryId: commandId, actor: actorOf(by), act: 'staff.added', subject: { kind: 'staff', id: commandId }, after: { role } })
  const now = new Date(clock.nowMs())
  await auth.store.staffMember.create({ data: { id: commandId, email, name, role, emailVerified: true, createdAt: now, updatedAt: now } }).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'P2002') throw new ConflictError('Somebody has this address already')
    throw error
  })
  return { staffId: commandId, ...(await passwordLink(context, commandId)) }
}
