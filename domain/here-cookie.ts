/**
 * The cookie that tells the pages of a phone which login's session its browser has, also without a connection. The server sets it in
 * the same answer as the session's own cookies, readable by pages, and it lives longer than these: a session that has ended by
 * itself is not a person who has left. It opens nothing and is never believed by the server.
 * @param secure whether the site is on https
 */
export function hereCookieName(secure: boolean): string {
  return `${secure ? '__Secure-' : ''}stormdoor-customer.here`
}

/** In place of a login's id: whoever was here has signed out. */
export const HAS_LEFT = 'left'

export interface HereCookie {
  /** A login's id, or HAS_LEFT. */
  loginId: string
  /** When that was so, ms since the epoch by the server's clock: a browser that is killed may come back with cookies of before. */
  sinceMs: number
}

export function hereCookieValue({ loginId, sinceMs }: HereCookie): string {
  return `${loginId}.${sinceMs}`
}

/** Null for what is none. */
export function parseHereCookie(value: string): HereCookie | null {
  const [, loginId, since] = /^([\w-]+)\.(\d{1,15})$/.exec(value) ?? []
  return loginId === undefined ? null : { loginId, sinceMs: Number(since) }
}

export const HERE_SECONDS = 365 * 24 * 60 * 60
