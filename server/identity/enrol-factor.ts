import type { Random } from '../../domain/clock.ts'
import { InvalidInputError, NotSignedInError, ReadsUnavailableError } from '../platform/errors.ts'
import { type SessionCookie, sessionCookies } from './session-cookie.ts'
import type { SignInContext } from './sign-in-context.ts'
import { STAFF_ISSUER } from './staff-library.ts'
import { newFactorSecret, newRecoveryCodes, readFactor, takeStep, writeFactor, writeRecoveryCodes } from './staff-factor.ts'
import { findStaffSession, type StaffSession } from './staff-session.ts'
import { tellWrongCode } from './tell-refusal.ts'
import { base32, totpStep, totpUri } from './totp.ts'
import { wrongCode } from './wrong-code.ts'

export interface Enrolment {
  /** For a QR code. */
  uri: string
  /** The same secret for typing. */
  secret: string
}

/**
 * What the authenticator of somebody without a second factor is to be told; the same until its first code is shown.
 * Throws NotSignedInError for who has not shown a password just now.
 */
export async function beginEnrolment({ auth, random }: Pick<SignInContext, 'auth'> & { random: Random }, headers: Headers): Promise<Enrolment> {
  const { staff, email } = await enrolling(auth, headers)
  const begun = await readFactor(auth, staff.staffId).catch(() => null)
  const secret = begun && !begun.verified ? begun.secret : newFactorSecret(random)
  if (!begun) await writeFactor(auth, staff.staffId, { secret, verified: false }, [])
  return { uri: totpUri(secret, { issuer: STAFF_ISSUER, email }), secret: base32(secret) }
}

/**
 * The first code: the second factor counts from now on, and the session opens the desk, under a new cookie.
 * @returns the recovery codes too, to be shown this once
 * @throws InvalidInputError (field /code), NotSignedInError, TooManyRequestsError, ReadsUnavailableError, and what the log throws
 */
export async function finishEnrolment(
  context: SignInContext & { random: Random },
  input: { code: unknown; source: string; headers: Headers },
): Promise<{ cookies: SessionCookie[]; recoveryCodes: string[] }> {
  const { auth, limits, audit, clock, random } = context
  const { staff, email } = await enrolling(auth, input.headers)
  const code = typeof input.code === 'string' ? input.code.replaceAll(/\s/g, '') : ''
  if (!/^\d{6}$/.test(code)) throw new InvalidInputError([{ field: '/code', rule: 'format', fix: 'Six digits' }])
  await limits.takeCode(input.source)
  const factor = await readFactor(auth, staff.staffId)
  const step = factor && !factor.verified ? totpStep(factor.secret, code, clock.nowMs()) : null
  if (step === null || !(await takeStep(auth, staff.staffId, step))) {
    tellWrongCode(context, { staffId: staff.staffId, source: input.source })
    throw wrongCode()
  }
  await audit.append({ actor: { kind: 'staff', id: staff.staffId, role: staff.role }, act: 'staff.factor-enrolled', subject: { kind: 'staff', id: staff.staffId } })
  const { headers } = await auth.api.verifyTOTP({ body: { code }, headers: input.headers, returnHeaders: true }).catch((error: unknown) => {
    throw new ReadsUnavailableError('The second factor could not be kept', { cause: error })
  })
  const recoveryCodes = newRecoveryCodes(random)
  await writeRecoveryCodes(auth, staff.staffId, recoveryCodes)
  // Others that a password opened have nothing left to enrol.
  await auth.store.staffSession.deleteMany({ where: { staffId: staff.staffId, signedInBy: 'password' } })
  await Promise.allSettled([limits.giveBackCode(input.source), limits.giveBack(email, input.source)])
  return { cookies: sessionCookies(headers), recoveryCodes }
}

async function enrolling(auth: SignInContext['auth'], headers: Headers): Promise<StaffSession> {
  const session = await findStaffSession(auth, headers)
  if (session?.signedInBy !== 'password') throw new NotSignedInError('Nobody has shown a password just now')
  return session
}
