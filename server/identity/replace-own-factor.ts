import { ForbiddenError, InvalidInputError } from '../platform/errors.ts'
import { endStaffSessions, type EndingContext } from './end-staff-sessions.ts'
import { requireStaffSession } from './require-staff.ts'
import type { SessionCookie } from './session-cookie.ts'
import { sessionCookies } from './session-cookie.ts'
import type { SignInContext } from './sign-in-context.ts'
import { readFactor, removeFactor, takeStep } from './staff-factor.ts'
import { tellWrongCode } from './tell-refusal.ts'
import { totpStep } from './totp.ts'
import { wrongCode } from './wrong-code.ts'

/**
 * Takes one's own authenticator away, against a code of it or a recovery code: a new one is set up at the next sign-in, for which
 * the password is needed. All sessions and tokens of the person end, this one too.
 * @returns the cookies that clear this session
 * @throws InvalidInputError (field /code), NotSignedInError, ForbiddenError in a session that is not of a password, TooManyRequestsError, and what the log throws
 */
export async function replaceOwnFactor(context: SignInContext & EndingContext & { changed?: () => Promise<void> }, input: { code: unknown; source: string; headers: Headers }): Promise<SessionCookie[]> {
  const { auth, limits, audit } = context
  const { staff, signedInBy } = await requireStaffSession(auth, input.headers)
  if (signedInBy !== 'two-factor') throw new ForbiddenError('Nothing of a login is changed in this session')
  const code = typeof input.code === 'string' ? input.code.replaceAll(/\s/g, '').toLowerCase() : ''
  if (code === '') throw new InvalidInputError([{ field: '/code', rule: 'required', fix: 'Give a code' }])
  await limits.takeCode(input.source)
  if (!(await isRight(context, staff.staffId, code, input.headers))) {
    tellWrongCode(context, { staffId: staff.staffId, source: input.source })
    throw wrongCode()
  }
  await audit.append({ actor: { kind: 'staff', id: staff.staffId, role: staff.role }, act: 'staff.factor-removed', subject: { kind: 'staff', id: staff.staffId } })
  await removeFactor(auth, staff.staffId)
  const { headers } = await auth.api.signOut({ headers: input.headers, returnHeaders: true })
  await endStaffSessions(context, staff.staffId, 'factor-changed')
  await limits.giveBackCode(input.source)
  await context.changed?.()
  return sessionCookies(headers)
}

async function isRight({ auth, clock }: SignInContext, staffId: string, code: string, headers: Headers): Promise<boolean> {
  if (/^\d{6}$/.test(code)) {
    const factor = await readFactor(auth, staffId)
    const step = factor && totpStep(factor.secret, code, clock.nowMs())
    return step !== null && (await takeStep(auth, staffId, step))
  }
  // It is used up by this.
  return auth.api.verifyBackupCode({ body: { code, disableSession: true }, headers }).then(() => true, () => false)
}
