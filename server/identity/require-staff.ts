import type { StaffPermission } from '../../domain/staff-permissions.ts'
import { dependencyStates } from '../platform/dependency-states.ts'
import { NotSignedInError } from '../platform/errors.ts'
import { requirePermission } from './require-permission.ts'
import { type Staff, staffSchema } from './staff.ts'
import { IDENTITY_TIMEOUT_MS, type StaffAuth } from './staff-auth.ts'

/** After a failure Postgres is left alone this long: a dead database must not slow every click at the desk. */
const REST_AFTER_FAILURE_MS = 5_000
const restUntilMs = new WeakMap<StaffAuth, number>()

/**
 * The member of staff behind a request, or NotSignedInError. Every verb, action and route of the desk opens with it.
 * Asks Postgres first, so that a session that was signed out or removed ends at once; while Postgres does not
 * answer, the signed copy in the cookie stands in, until the session's own end and never longer.
 * @param headers those of the request, with its cookies
 */
export async function requireStaff(auth: StaffAuth, headers: Headers): Promise<Staff> {
  const session = await fromDatabase(auth, headers)
  const known = session === 'unreachable' ? await fromCookie(auth, headers) : session
  const staff = known && staffSchema.safeParse({ staffId: known.user.id, name: known.user.name, role: known.user.role })
  if (!staff?.success) throw new NotSignedInError('No valid staff session')
  return staff.data
}

/** The member of staff behind a request, who may do this. Throws NotSignedInError, and ForbiddenError for another role. */
export async function requireStaffFor(auth: StaffAuth, headers: Headers, permission: StaffPermission): Promise<Staff> {
  const staff = await requireStaff(auth, headers)
  requirePermission(staff, permission)
  return staff
}

type Session = Awaited<ReturnType<StaffAuth['api']['getSession']>>

async function fromDatabase(auth: StaffAuth, headers: Headers): Promise<Session | 'unreachable'> {
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
async function fromCookie(auth: StaffAuth, headers: Headers): Promise<Session> {
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
