import { hash, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../domain/clock.ts'
import { compactJws } from '../platform/compact-jws.ts'
import { ForbiddenError, NotSignedInError, ReadsUnavailableError } from '../platform/errors.ts'
import { publicKeyOf, type PublicJwk, type SigningKeys } from '../platform/signing-keys.ts'
import type { Revocations } from './revocations.ts'
import { STAFF_ROLES, type Staff } from './staff.ts'

export const STAFF_SCOPES = ['accounts'] as const
export type StaffScope = (typeof STAFF_SCOPES)[number]

/** A shift with its handover, as for a session at the desk. What ends somebody's sessions ends their tokens. */
export const STAFF_TOKEN_HOURS_MOST = 12
/** Keeps it from being taken for a receipt, which the same keys sign. */
const TYPE = 'stormdoor-staff+jwt'
const AUDIENCE = 'stormdoor:/api/v1'
const MOST_CHARS = 2_048
const REMEMBERED = 1_000

const claimsSchema = z.object({
  aud: z.literal(AUDIENCE),
  sub: z.uuid(),
  role: z.enum(STAFF_ROLES),
  scope: z.string().max(200),
  iat: z.int(),
  exp: z.int(),
})

interface KnownToken {
  staff: StaffOfToken
  /** Seconds since 1970. */
  iat: number
  exp: number
}

/** Who shows a token, and what it is for. */
interface StaffOfToken {
  staffId: string
  role: Staff['role']
  scopes: readonly string[]
}

export interface StaffTokens {
  /**
   * The member of staff whose token an Authorization header shows, asked of no store.
   * Throws NotSignedInError, ForbiddenError for a token that is not for this, and ReadsUnavailableError in a process that was just
   * started, until it has read what was taken back.
   */
  require(authorization: string | undefined, scope: StaffScope): StaffOfToken
}

/** @param hours at most STAFF_TOKEN_HOURS_MOST */
export function signStaffToken({ first }: Pick<SigningKeys, 'first'>, clock: Clock, staff: Pick<Staff, 'staffId' | 'role'>, scopes: readonly StaffScope[], hours: number): string {
  if (!(hours > 0 && hours <= STAFF_TOKEN_HOURS_MOST)) throw new RangeError(`A token is for at most ${STAFF_TOKEN_HOURS_MOST} hours`)
  const iat = Math.floor(clock.nowMs() / 1_000)
  const claims: z.infer<typeof claimsSchema> = { aud: AUDIENCE, sub: staff.staffId, role: staff.role, scope: scopes.join(' '), iat, exp: iat + Math.round(hours * 3_600) }
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: TYPE, kid: first.kid })).toString('base64url')
  return compactJws(header, JSON.stringify(claims), first.privateKey)
}

/**
 * A signature is checked once: what was genuine is known by its hash until it ends; whether it was revoked is asked each time.
 * @param revocations what has ended before its time
 */
export function createStaffTokens({ publicJwks }: Pick<SigningKeys, 'publicJwks'>, clock: Clock, revocations?: Pick<Revocations, 'isReady' | 'isRevoked'>): StaffTokens {
  const keys = new Map(publicJwks.keys.map((jwk: PublicJwk) => [jwk.kid, publicKeyOf(jwk)]))
  const known = new Map<string, KnownToken>()

  const verified = (token: string) => {
    const digest = hash('sha256', token, 'base64url')
    const before = known.get(digest)
    if (before) return before
    const fresh = verifyToken(token, keys)
    if (!fresh) return null
    const oldest = known.size >= REMEMBERED ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    known.set(digest, fresh)
    return fresh
  }
  return {
    require: (authorization, scope) => {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? []
      if (token === undefined) throw new NotSignedInError('A bearer token is needed')
      const found = token.length > MOST_CHARS ? null : verified(token)
      if (!found || found.exp * 1_000 <= clock.nowMs()) throw new NotSignedInError('This token is not ours, or has ended')
      if (revocations && !revocations.isReady()) throw new ReadsUnavailableError('Which tokens were taken back is not known yet')
      if (revocations?.isRevoked('staff', found.staff.staffId, 'token', found.iat * 1_000)) throw new NotSignedInError('This token was taken back')
      if (!found.staff.scopes.includes(scope)) throw new ForbiddenError(`This token is not for ${scope}`)
      return found.staff
    },
  }
}

/** Null for anything but a token that one of these keys has signed and that was for no longer than one may be. */
function verifyToken(token: string, keys: ReadonlyMap<string, KeyObject>): KnownToken | null {
  const [header, payload, signature, ...rest] = token.split('.')
  if (!header || !payload || !signature || rest.length > 0) return null
  try {
    const { alg, typ, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
    const key = keys.get(String(kid))
    if (alg !== 'ES256' || typ !== TYPE || !key) return null
    const genuine = verify('sha256', Buffer.from(`${header}.${payload}`, 'latin1'), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
    if (!genuine) return null
    const { sub, role, scope, iat, exp } = claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    if (exp - iat > STAFF_TOKEN_HOURS_MOST * 3_600) return null
    return { staff: { staffId: sub, role, scopes: scope.split(' ') }, iat, exp }
  } catch {
    return null
  }
}
