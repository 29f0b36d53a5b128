import { z } from 'zod'
import { InvalidInputError, NotSignedInError, ReadsUnavailableError } from '../platform/errors.ts'
import type { SessionCookie } from './session-cookie.ts'
import { sessionCookies } from './session-cookie.ts'
import type { SignInLimits } from './sign-in-limits.ts'
import type { StaffAuth } from './staff-auth.ts'

const PASSWORD_CHARS = 128
const inputSchema = z.object({
  email: z.string().trim().toLowerCase().pipe(z.email()),
  password: z.string().min(1).max(PASSWORD_CHARS),
})

/**
 * Signs a member of staff in with email and password.
 * @param source address of the client, for the limit
 * @returns the cookies to set
 * @throws InvalidInputError (fields /email, /password), TooManyRequestsError, NotSignedInError when the two do not
 * belong together (never saying which is wrong), ReadsUnavailableError when Postgres does not answer
 */
export async function signInStaff(
  context: { auth: StaffAuth; limits: SignInLimits },
  input: { email: unknown; password: unknown; source: string; headers: Headers },
): Promise<SessionCookie[]> {
  const { email, password } = parse(input)
  await context.limits.take(email, input.source)
  try {
    const { headers } = await context.auth.api.signInEmail({
      body: { email, password },
      headers: input.headers,
      returnHeaders: true,
    })
    await context.limits.giveBack(email, input.source)
    return sessionCookies(headers)
  } catch (error) {
    if (isRefusal(error)) throw new NotSignedInError('Email and password do not belong together')
    await context.limits.giveBack(email, input.source)
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

/** The library's "these do not belong together", as against a store that failed. */
function isRefusal(error: unknown): boolean {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500
  return status === 401 || status === 400
}
