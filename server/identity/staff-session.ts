import { z } from 'zod'
import { dependencyStates } from '../platform/dependency-states.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import { readBreakGlassCookie } from './break-glass/break-glass-cookie.ts'
import type { StaffAuth } from './staff-auth.ts'
import { IDENTITY_TIMEOUT_MS, SIGNED_IN_BY } from './staff-library.ts'
import { type Staff, staffSchema } from './staff.ts'

/** After a failure Postgres is left alone this long: a dead database must not slow every click at the desk. */
const REST_AFTER_FAILURE_MS = 5_000
/** A process that was just started reads in this time which sessions have ended. */
const REVOCATIONS_WITHIN_MS = 1_000
const restUntilMs = new WeakMap<StaffAuth, number>()

const sessionSchema = z.object({
  session: z.object({ id: z.uuid(), token: z.string(), createdAt: z.coerce.date(), signedInBy: z.enum(SIGNED_IN_BY) }),
  user: z.object({ id: z.uuid(), email: z.string(), name: z.string(), role: staffSchema.shape.role, disabledAt: z.unknown().optional() }),
})

export interface StaffSession {
  staff: Staff
  email: string
  sessionId: string
  /** In the library's store; null for one from the break-glass copy. */
  token: string | null
  issuedAtMs: number
  /** `password`: a session that only enrols a second factor. */
  signedInBy: (typeof SIGNED_IN_BY)[number] | 'break-glass'
}

/**
 * The session behind a request, also one that may only enrol; null when there is none. Asks Postgres first, so that a session
 * that was ended is over at once; while Postgres does not answer, the signed copy in the cookie stands in, unless the log says
 * that it has ended. Throws ReadsUnavailableError while that is not known.
 */
export async function findStaffSession(auth: StaffAuth, headers: Headers): Promise<StaffSession | null> {
  const stored = await fromDatabase(auth, headers)
  const reachable = stored !== 'unreachable'
  const session = sessionOf(reachable ? stored : await fromCookie(auth, headers)) ?? (await fromBreakGlass(auth, headers))
  if (!session) return null
  return (await hasEnded(auth, session, reachable && session.token !== null)) ? null : session
}

/** Whether the identity store answers now. */
export async function isIdentityReachable(auth: StaffAuth): Promise<boolean> {
  if (performance.now() < (restUntilMs.get(auth) ?? 0) || isKnownDead()) return false
  try {
    await within(IDENTITY_TIMEOUT_MS, auth.store.$queryRaw`SELECT 1`)
    return true
  } catch {
    restUntilMs.set(auth, performance.now() + REST_AFTER_FAILURE_MS)
    return false
  }
}

type LibrarySession = Awaited<ReturnType<StaffAuth['api']['getSession']>>

function sessionOf(found: LibrarySession): StaffSession | null {
  const parsed = sessionSchema.safeParse(found)
  if (!parsed.success || parsed.data.user.disabledAt) return null
  const { session, user } = parsed.data
  return {
    staff: { staffId: user.id, name: user.name, role: user.role },
    email: user.email, sessionId: session.id, token: session.token, issuedAtMs: session.createdAt.getTime(), signedInBy: session.signedInBy,
  }
}

async function hasEnded({ options: { revocations } }: StaffAuth, { staff, sessionId, issuedAtMs }: StaffSession, reachable: boolean): Promise<boolean> {
  if (!revocations) return false
  // Postgres has said already what has ended.
  if (!reachable && !(await revocations.ready(REVOCATIONS_WITHIN_MS))) throw new ReadsUnavailableError('Which sessions have ended is not known yet')
  return revocations.isRevoked('staff', staff.staffId, sessionId, issuedAtMs)
}

/** While Postgres answers, the role must still be the one that was signed. */
async function fromBreakGlass(auth: StaffAuth, headers: Headers): Promise<StaffSession | null> {
  const signed = readBreakGlassCookie(auth.options, headers)
  if (!signed) return null
  const { staffId, name, role, email, sessionId, issuedAtMs } = signed
  const member = await memberNow(auth, staffId)
  if (member !== 'unreachable' && (!member || member.disabledAt || member.role !== role)) return null
  return { staff: { staffId, name, role, breakGlass: true }, email, sessionId, token: null, issuedAtMs, signedInBy: 'break-glass' }
}

async function memberNow(auth: StaffAuth, staffId: string): Promise<{ role: string; disabledAt: Date | null } | null | 'unreachable'> {
  if (performance.now() < (restUntilMs.get(auth) ?? 0) || isKnownDead()) return 'unreachable'
  try {
    return await within(IDENTITY_TIMEOUT_MS, auth.store.staffMember.findUnique({ where: { id: staffId }, select: { role: true, disabledAt: true } }))
  } catch {
    restUntilMs.set(auth, performance.now() + REST_AFTER_FAILURE_MS)
    return 'unreachable'
  }
}

async function fromDatabase(auth: StaffAuth, headers: Headers): Promise<LibrarySession | 'unreachable'> {
  if (performance.now() < (restUntilMs.get(auth) ?? 0) || isKnownDead()) return 'unreachable'
  try {
    const asked = auth.api.getSession({ headers, query: { disableCookieCache: true, disableRefresh: true } })
    return await within(IDENTITY_TIMEOUT_MS, asked)
  } catch {
    restUntilMs.set(auth, performance.now() + REST_AFTER_FAILURE_MS)
    return 'unreachable'
  }
}

/** The breakers of this process have found out already: nobody needs to wait for it again. */
function isKnownDead(): boolean {
  return dependencyStates().some(({ dependency, state }) => dependency === 'postgres' && state !== 'closed')
}

/** Null unless the cookie's copy is genuine and not over: the library would ask Postgres next, which cannot answer. */
async function fromCookie(auth: StaffAuth, headers: Headers): Promise<LibrarySession> {
  try {
    return await within(IDENTITY_TIMEOUT_MS, auth.api.getSession({ headers, query: { disableRefresh: true } }))
  } catch {
    return null
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
