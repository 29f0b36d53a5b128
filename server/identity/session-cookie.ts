import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies'

/** A cookie for the edge to set. `value` is not yet percent-encoded. */
export interface SessionCookie {
  name: string
  value: string
  options: ReturnType<typeof toCookieOptions>
}

/** The cookies that the library wants set, from the headers of its answer. */
export function sessionCookies(headers: Headers): SessionCookie[] {
  return headers.getSetCookie().flatMap((line) =>
    Array.from(parseSetCookieHeader(line), ([name, cookie]) => ({ name, value: cookie.value, options: toCookieOptions(cookie) })),
  )
}
