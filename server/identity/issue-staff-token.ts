import type { Clock } from '../../domain/clock.ts'
import type { Database } from '../platform/database.ts'
import { NotFoundError } from '../platform/errors.ts'
import type { SigningKeys } from '../platform/signing-keys.ts'
import { type Staff, staffSchema } from './staff.ts'
import { signStaffToken, STAFF_SCOPES } from './staff-token.ts'

/**
 * A token by which a program of a member of staff may look accounts up. Throws NotFoundError when nobody who may sign in has this address.
 * @param hours until it ends; at most STAFF_TOKEN_HOURS_MOST
 */
export async function issueStaffToken(context: { database: Database; keys: Pick<SigningKeys, 'first'>; clock: Clock }, email: string, hours: number): Promise<{ token: string; staff: Staff }> {
  const { database, keys, clock } = context
  const member = await database.staffMember.findUnique({ where: { email: email.trim().toLowerCase() }, select: { id: true, name: true, role: true, disabledAt: true } })
  if (!member || member.disabledAt) throw new NotFoundError('Nobody of the staff has this address')
  const staff = staffSchema.parse({ staffId: member.id, name: member.name, role: member.role })
  return { token: signStaffToken(keys, clock, staff, STAFF_SCOPES, hours), staff }
}
