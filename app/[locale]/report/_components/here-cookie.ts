import { HERE_SECONDS, hereCookieName } from '../../../../domain/here-cookie.ts'

/** What the browser's cookie says of who is signed in; undefined when there is none. */
export function readHereCookie(): string | undefined {
  const start = `${name()}=`
  return document.cookie.split('; ').find((cookie) => cookie.startsWith(start))?.slice(start.length) || undefined
}

/** For a browser that lost it, or has it still though the session has ended. @param loginId null forgets it */
export function writeHereCookie(loginId: string | null): void {
  document.cookie = `${name()}=${loginId ?? ''}; path=/; max-age=${loginId === null ? 0 : HERE_SECONDS}; samesite=lax${isSecure() ? '; secure' : ''}`
}

function name(): string {
  return hereCookieName(isSecure())
}

function isSecure(): boolean {
  return location.protocol === 'https:'
}
