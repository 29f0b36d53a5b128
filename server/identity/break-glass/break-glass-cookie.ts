import { createHmac, timingSafeEqual } from 'node:crypto'
import { parseCookies } from 'better-auth/cookies'
import { z } from 'zod'
import type { SessionCookie } from '../session-cookie.ts'
import { staffSchema } from '../staff.ts'

/** Long enough to mend a database, shorter than a shift. */
export const BREAK_GLASS_SECONDS = 4 * 60 * 60
const CHALLENGE_SECONDS = 10 * 60

const sessionSchema = staffSchema.omit({ breakGlass: true }).extend({ for: z.literal('desk'), email: z.string(), sessionId: z.uuid(), issuedAtMs: z.int(), endsAtMs: z.int() })
export type BreakGlassSession = Omit<z.infer<typeof sessionSchema>, 'for' | 'endsAtMs'>

/** The password was right; the code is not known yet. */
const challengeSchema = z.object({ for: z.literal('code'), email: z.string(), issuedAtMs: z.int(), endsAtMs: z.int() })

interface Signing {
  sessionSecret: string
  publicUrl: string
}

export function breakGlassCookie(signing: Signing, session: BreakGlassSession): SessionCookie {
  return cookie(signing, 'break_glass', BREAK_GLASS_SECONDS, { for: 'desk', ...session, endsAtMs: session.issuedAtMs + BREAK_GLASS_SECONDS * 1_000 })
}

/** Null unless it is genuine and not over. */
export function readBreakGlassCookie(signing: Signing, headers: Headers): BreakGlassSession | null {
  const read = sessionSchema.safeParse(opened(signing, 'break_glass', headers))
  return read.success && isCurrent(read.data, BREAK_GLASS_SECONDS) ? read.data : null
}

export function breakGlassChallenge(signing: Signing, email: string, nowMs: number): SessionCookie {
  return cookie(signing, 'break_glass_code', CHALLENGE_SECONDS, { for: 'code', email, issuedAtMs: nowMs, endsAtMs: nowMs + CHALLENGE_SECONDS * 1_000 })
}

export function readBreakGlassChallenge(signing: Signing, headers: Headers): { email: string; issuedAtMs: number } | null {
  const read = challengeSchema.safeParse(opened(signing, 'break_glass_code', headers))
  return read.success && isCurrent(read.data, CHALLENGE_SECONDS) ? read.data : null
}

export function withoutBreakGlass(signing: Signing): SessionCookie[] {
  return (['break_glass', 'break_glass_code'] as const).map((name) => ({ name: nameOf(signing, name), value: '', options: optionsOf(signing, 0) }))
}

function isCurrent({ issuedAtMs, endsAtMs }: { issuedAtMs: number; endsAtMs: number }, seconds: number): boolean {
  return endsAtMs > Date.now() && endsAtMs - issuedAtMs <= seconds * 1_000
}

type Name = 'break_glass' | 'break_glass_code'

function nameOf({ publicUrl }: Signing, name: Name): string {
  return `${publicUrl.startsWith('https://') ? '__Secure-' : ''}stormdoor-staff.${name}`
}

function optionsOf({ publicUrl }: Signing, maxAge: number): SessionCookie['options'] {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: publicUrl.startsWith('https://'), maxAge }
}

function cookie(signing: Signing, name: Name, maxAge: number, content: object): SessionCookie {
  const payload = Buffer.from(JSON.stringify(content)).toString('base64url')
  return { name: nameOf(signing, name), value: `${payload}.${signature(signing, payload)}`, options: optionsOf(signing, maxAge) }
}

function opened(signing: Signing, name: Name, headers: Headers): unknown {
  const [payload, shown, ...rest] = (parseCookies(headers.get('cookie') ?? '').get(nameOf(signing, name)) ?? '').split('.')
  if (!payload || !shown || rest.length > 0) return null
  const right = Buffer.from(signature(signing, payload))
  const other = Buffer.from(shown)
  if (other.length !== right.length || !timingSafeEqual(other, right)) return null
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

/** By a key of its own: no other cookie that the portal signs can be taken for one of these. */
function signature({ sessionSecret }: Signing, payload: string): string {
  const key = createHmac('sha256', sessionSecret).update('staff break-glass').digest()
  return createHmac('sha256', key).update(payload).digest('base64url')
}
