import { createHmac } from 'node:crypto'
import { sourcePrefix } from '../platform/source-prefix.ts'
import type { SignInContext } from './sign-in-context.ts'

/** Somebody tried to be a member of staff, and was not let in: kept with a hash of where it came from, never with what was typed. */
export async function tellRefusal({ auth, audit }: Pick<SignInContext, 'auth' | 'audit'>, tried: { email: string; source: string }): Promise<void> {
  const member = await auth.store.staffMember.findUnique({ where: { email: tried.email }, select: { id: true } }).catch(() => null)
  tellWrongPassword({ auth, audit }, { staffId: member?.id, source: tried.source })
}

/** The same of whom the caller has looked up. */
export function tellWrongPassword(context: Pick<SignInContext, 'auth' | 'audit'>, tried: { staffId: string | undefined; source: string }): void {
  refuse(context, 'staff.sign-in-refused', tried)
}

/** Somebody knew a password and not the code. @param tried.staffId whose code it should have been */
export function tellWrongCode(context: Pick<SignInContext, 'auth' | 'audit'>, tried: { staffId: string | undefined; source: string }): void {
  refuse(context, 'staff.code-refused', tried)
}

function refuse({ auth, audit }: Pick<SignInContext, 'auth' | 'audit'>, act: string, { staffId, source }: { staffId: string | undefined; source: string }): void {
  const from = createHmac('sha256', auth.options.sessionSecret).update(`staff sign-in from ${sourcePrefix(source)}`).digest('base64url')
  audit.take({ actor: { kind: 'guest', id: from }, act, subject: { kind: 'staff', id: staffId ?? 'unknown' } })
}
