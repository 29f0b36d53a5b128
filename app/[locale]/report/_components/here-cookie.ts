import { type HereCookie, HERE_SECONDS, hereCookieName, hereCookieValue, parseHereCookie } from '../../../../domain/here-cookie.ts'

/** What the browser's cookie says of who is signed in; null when there is none. */
export function readHereCookie(): HereCookie | null {
  const start = `${name()}=`
  return parseHereCookie(document.cookie.split('; ').find((cookie) => cookie.startsWith(start))?.slice(start.length) ?? '')
}

/** For a browser that lost it, or has it still though the session has ended. @param here null forgets it */
export function writeHereCookie(here: HereCookie | null): void {
  const [value, seconds] = here ? [hereCookieValue(here), HERE_SECONDS] : ['', 0]
  document.cookie = `${name()}=${value}; path=/; max-age=${seconds}; samesite=lax${isSecure() ? '; secure' : ''}`
}

function name(): string {
  return hereCookieName(isSecure())
}

function isSecure(): boolean {
  return location.protocol === 'https:'
}
