import { HERE_COOKIE } from '../../../../domain/here-cookie.ts'

const YEAR_SECONDS = 31_536_000

/** What the browser's cookie says of who is signed in; undefined when there is none. */
export function readHereCookie(): string | undefined {
  const [, value] = new RegExp(`(?:^|; )${HERE_COOKIE.replace('.', '\\.')}=([^;]+)`).exec(document.cookie) ?? []
  return value
}

/** For a browser that lost it, or has it still though the session has ended. @param loginId null forgets it */
export function writeHereCookie(loginId: string | null): void {
  const secure = location.protocol === 'https:' ? '; secure' : ''
  document.cookie = `${HERE_COOKIE}=${loginId ?? ''}; path=/; max-age=${loginId === null ? 0 : YEAR_SECONDS}; samesite=lax${secure}`
}
