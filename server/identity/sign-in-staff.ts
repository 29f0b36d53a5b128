import { z } from 'zod'
import { ForbiddenError, InvalidInputError, NotSignedInError, ReadsUnavailableError } from '../platform/errors.ts'
import { beginBreakGlass } from './break-glass/sign-in-break-glass.ts'
import { LONGEST_PASSWORD } from './check-password.ts'
import type { SessionCookie } from './session-cookie.ts'
import { sessionCookies } from './session-cookie.ts'
import type { SignInContext } from './sign-in-context.ts'
import { isIdentityReachable } from './staff-session.ts'
import { tellRefusal } from './tell-refusal.ts'

const inputSchema = z.object({
  email: z.string().trim().toLowerCase().pipe(z.email()),
  password: z.string().min(1).max(LONGEST_PASSWORD),
})

export interface SignInStep {
  cookies: SessionCookie[]
  /** A code of the second factor is asked for, or one must be enrolled first. */
  next: 'code' | 'enrol'
}

/**
 * The first half of a sign-in: email and password. Opens nothing of the desk. While the identity store is away the break-glass
 * copy is asked instead, if there is one.
 * @param input.source address of the client, for the limit
 * @throws InvalidInputError (fields /email, /password), TooManyRequestsError, NotSignedInError when the two do not
 * belong together (never saying which is wrong), ForbiddenError where staff sign in with the utility's provider alone,
 * ReadsUnavailableError when Postgres does not answer and there is no copy
 */
export async function signInStaff(context: SignInContext, input: { email: unknown; password: unknown; source: string; headers: Headers }): Promise<SignInStep> {
  const { auth, limits } = context
  const { email, password } = parse(input)
  await limits.take(email, input.source)
  if (context.isProviderAlone && (await isIdentityReachable(auth))) throw new ForbiddenError('Staff sign in with the provider')
  try {
    // A session of before has no say in this one.
    const { headers, response } = await auth.api.signInEmail({ body: { email, password }, headers: withoutCookies(input.headers), returnHeaders: true })
    return { cookies: sessionCookies(headers), next: 'twoFactorRedirect' in response ? 'code' : 'enrol' }
  } catch (error) {
    if (isRefusal(error)) {
      await tellRefusal(context, { email, source: input.source })
      throw new NotSignedInError('Email and password do not belong together')
    }
    if (!(await isIdentityReachable(auth))) return { cookies: [await beginBreakGlass(context, { email, password, source: input.source })], next: 'code' }
    await limits.giveBack(email, input.source)
    throw new ReadsUnavailableError('The identity store does not answer', { cause: error })
  }
}

function parse(input: { email: unknown; password: unknown }): z.infer<typeof inputSchema> {
  const parsed = inputSchema.safeParse(input)
  if (parsed.success) return parsed.data
  const fields = new Set(parsed.error.issues.map((issue) => String(issue.path[0])))
  throw new InvalidInputError(
    Array.from(fields, (field) => ({ field: `/${field}`, rule: field === 'email' ? 'email' : 'required', fix: `Give the ${field}` })),
  )
}

function withoutCookies(headers: Headers): Headers {
  const bare = new Headers(headers)
  bare.delete('cookie')
  return bare
}

/** The library's "these do not belong together", as against a store that failed. */
function isRefusal(error: unknown): boolean {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500
  return status === 401 || status === 400
}
