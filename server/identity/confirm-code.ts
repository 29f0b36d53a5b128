import { z } from 'zod'
import { InvalidInputError, NotSignedInError, ReadsUnavailableError, TooManyRequestsError } from '../platform/errors.ts'
import { finishBreakGlass } from './break-glass/sign-in-break-glass.ts'
import { type SessionCookie, sessionCookies } from './session-cookie.ts'
import type { SignInContext } from './sign-in-context.ts'
import { readFactor, takeStep } from './staff-factor.ts'
import { STAFF_ROLES } from './staff.ts'
import { tellWrongCode } from './tell-refusal.ts'
import { totpStep } from './totp.ts'
import { wrongCode } from './wrong-code.ts'

const signedInSchema = z.object({ token: z.string(), user: z.object({ id: z.uuid(), email: z.string(), role: z.enum(STAFF_ROLES) }) })
const LOCKED_SECONDS = 15 * 60
const TOTP = /^\d{6}$/
const RECOVERY = /^[a-z0-9]{5}-[a-z0-9]{5}$/

/**
 * The second half of a sign-in: the code that the authenticator shows, or a recovery code. Each counts once.
 * @param input.headers with the cookie that the first half set
 * @returns the cookies of a session of its own, whatever the browser had before
 * @throws InvalidInputError (field /code), NotSignedInError when the sign-in must begin anew, TooManyRequestsError,
 * ReadsUnavailableError when the identity store does not answer
 */
export async function confirmCode(context: SignInContext, input: { code: unknown; source: string; headers: Headers }): Promise<SessionCookie[]> {
  const code = typeof input.code === 'string' ? input.code.replaceAll(/\s/g, '').toLowerCase() : ''
  const isTotp = TOTP.test(code)
  if (!isTotp && !RECOVERY.test(code)) throw new InvalidInputError([{ field: '/code', rule: 'format', fix: 'Six digits, or a recovery code' }])
  const broken = isTotp ? await finishBreakGlass(context, { ...input, code }) : null
  if (broken) return broken.cookies

  const { auth, limits, audit } = context
  await limits.takeCode(input.source)
  const headers = challengeAlone(input.headers)
  const { headers: answered, response } = await (isTotp
    ? auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true })
    : auth.api.verifyBackupCode({ body: { code }, headers, returnHeaders: true })
  ).catch(async (error: unknown) => {
    const refusal = typed(error)
    if (refusal instanceof InvalidInputError) tellWrongCode(context, { staffId: await whoseChallenge(context, headers), source: input.source })
    throw refusal
  })
  const { token, user } = signedInSchema.parse(response)
  const actor = { kind: 'staff', id: user.id, role: user.role } as const
  if (isTotp && !(await isFirst(context, user.id, code))) {
    const { internalAdapter } = await auth.context
    await internalAdapter.deleteSession(token)
    audit.take({ actor, act: 'staff.code-replayed', subject: { kind: 'staff', id: user.id } })
    throw wrongCode()
  }
  audit.take({ actor, act: 'staff.signed-in', subject: { kind: 'staff', id: user.id }, after: { by: isTotp ? 'totp' : 'recovery-code' } })
  await Promise.allSettled([limits.giveBackCode(input.source), limits.giveBack(user.email, input.source)])
  return sessionCookies(answered)
}

/** The library has found the code right; that it was not shown before is ours to see to. */
async function isFirst({ auth, limits, clock }: SignInContext, staffId: string, code: string): Promise<boolean> {
  const factor = await readFactor(auth, staffId)
  const step = factor && totpStep(factor.secret, code, clock.nowMs())
  if (step === null) return false
  // Noted in both, so that it is known also while Postgres is away.
  const [here, there] = await Promise.all([takeStep(auth, staffId, step), limits.useOnce(staffId, step)])
  return here && there
}

/** A session that the browser has must not stand in for the challenge. */
function challengeAlone(headers: Headers): Headers {
  const alone = new Headers(headers)
  const kept = (headers.get('cookie') ?? '').split(';').map((one) => one.trim()).filter((one) => /^(__Secure-)?stormdoor-staff\.two_factor=/.test(one))
  alone.set('cookie', kept.join('; '))
  return alone
}

/** Of a challenge that the library has found genuine. */
async function whoseChallenge({ auth }: SignInContext, headers: Headers): Promise<string | undefined> {
  const [, value = ''] = (headers.get('cookie') ?? '').split('=')
  const identifier = decodeURIComponent(value).split('.')[0]
  const held = await auth.store.staffVerification.findFirst({ where: { identifier }, select: { value: true } }).catch(() => null)
  return held?.value
}

function typed(error: unknown): Error {
  const { statusCode, body } = error as { statusCode?: number; body?: { code?: string } }
  if (body?.code === 'INVALID_CODE' || body?.code === 'INVALID_BACKUP_CODE' || statusCode === 409) return wrongCode()
  if (statusCode === 429) return new TooManyRequestsError(LOCKED_SECONDS)
  if (statusCode === 400 || statusCode === 401) return new NotSignedInError('The sign-in must begin anew')
  return new ReadsUnavailableError('The identity store does not answer', { cause: error })
}
