import { NotSignedInError, ReadsUnavailableError, TooManyRequestsError } from '../../platform/errors.ts'
import type { SessionCookie } from '../session-cookie.ts'
import type { SignInContext } from '../sign-in-context.ts'
import { isIdentityReachable } from '../staff-session.ts'
import type { Staff } from '../staff.ts'
import { tellWrongCode, tellWrongPassword } from '../tell-refusal.ts'
import { totpStep } from '../totp.ts'
import { wrongCode } from '../wrong-code.ts'
import { breakGlassChallenge, breakGlassCookie, readBreakGlassChallenge, withoutBreakGlass } from './break-glass-cookie.ts'
import type { BreakGlassMember } from './break-glass-copy.ts'

/** A process that was just started reads in this time what has ended since the copy was written. */
const REVOCATIONS_WITHIN_MS = 1_000

/**
 * Email and password against the encrypted copy. The caller has counted the attempt, and has found the identity store away.
 * @returns the cookie that lets a code be shown
 * @throws NotSignedInError, and ReadsUnavailableError when there is no copy that counts
 */
export async function beginBreakGlass(context: SignInContext, { email, password, source }: { email: string; password: string; source: string }): Promise<SessionCookie> {
  const member = await memberOf(context, email).catch(async (error: unknown) => {
    await context.limits.giveBack(email, source)
    throw error
  })
  // Nobody's password takes as long as somebody's.
  const { passwords } = context.auth
  const hash = member?.passwordHash ?? (await passwords.hash(password))
  const isRight = await passwords.verify({ hash, password })
  if (!member || !isRight) {
    tellWrongPassword(context, { staffId: member?.staffId, source })
    throw new NotSignedInError('Email and password do not belong together')
  }
  return breakGlassChallenge(context.auth.options, email, context.clock.nowMs())
}

/**
 * The code, after the password: opens a session that is marked, told to the log before it exists.
 * Null when no password was shown to the copy.
 * @throws InvalidInputError (field /code), NotSignedInError when this begins anew, TooManyRequestsError, and what the log throws
 */
export async function finishBreakGlass(context: SignInContext, input: { code: string; source: string; headers: Headers }): Promise<{ cookies: SessionCookie[]; staff: Staff } | null> {
  const { auth, limits, audit, clock } = context
  const challenge = readBreakGlassChallenge(auth.options, input.headers)
  if (!challenge) return null
  if (await isIdentityReachable(auth)) throw new NotSignedInError('The identity store is back: sign in with it')
  const { email } = challenge
  await limits.takeCode(input.source, email)
  const member = await memberOf(context, email)
  if (!member) throw new NotSignedInError('Nobody has this address any more')
  const step = totpStep(member.secret, input.code, clock.nowMs())
  if (step === null || !(await limits.useOnce(member.staffId, step))) {
    tellWrongCode(context, { staffId: member.staffId, source: input.source })
    throw wrongCode()
  }
  const { staffId, name, role } = member
  const sessionId = auth.newId()
  await audit.append({
    entryId: sessionId, actor: { kind: 'staff', id: staffId, role }, act: 'staff.break-glass-signed-in', subject: { kind: 'staff', id: staffId },
  })
  await Promise.allSettled([limits.giveBackCode(input.source, email), limits.giveBack(email, input.source)])
  const [, cleared] = withoutBreakGlass(auth.options)
  const cookie = breakGlassCookie(auth.options, { staffId, name, role, email, sessionId, issuedAtMs: clock.nowMs() })
  return { cookies: [cookie, ...(cleared ? [cleared] : [])], staff: { staffId, name, role, breakGlass: true } }
}

/** Null for whom the copy does not know, and for whom something changed after it was written. */
async function memberOf({ auth, breakGlass, clock }: SignInContext, email: string): Promise<BreakGlassMember | null> {
  const copy = breakGlass?.read(clock.nowMs())
  if (!copy) throw new ReadsUnavailableError('The identity store does not answer, and there is no copy of staff that counts')
  const member = copy.staff.find((one) => one.email === email)
  if (!member) return null
  const { revocations } = auth.options
  if (!revocations) return member
  if (!(await revocations.ready(REVOCATIONS_WITHIN_MS))) throw new TooManyRequestsError(5)
  return revocations.isRevoked('staff', member.staffId, 'copy', copy.writtenAtMs) ? null : member
}
