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

/** The token of the session that these cookies open; null when they open none. */
export function sessionTokenOf(cookies: readonly SessionCookie[]): string | null {
  const value = cookies.findLast(({ name }) => name.endsWith('.session_token'))?.value
  return value?.split('.')[0] || null
}
