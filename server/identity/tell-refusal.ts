import { createHmac } from 'node:crypto'
import { sourcePrefix } from './sign-in-limits.ts'
import type { SignInContext } from './sign-in-context.ts'

/** Somebody tried to be a member of staff, and was not let in: kept with a hash of where it came from, never with what was typed. */
export async function tellRefusal({ auth, audit }: Pick<SignInContext, 'auth' | 'audit'>, tried: { email: string; source: string }): Promise<void> {
  const member = await auth.store.staffMember.findUnique({ where: { email: tried.email }, select: { id: true } }).catch(() => null)
  const from = createHmac('sha256', auth.options.sessionSecret).update(`staff sign-in from ${sourcePrefix(tried.source)}`).digest('base64url')
  audit.take({ actor: { kind: 'guest', id: from }, act: 'staff.sign-in-refused', subject: { kind: 'staff', id: member?.id ?? 'unknown' } })
}
