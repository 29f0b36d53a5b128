const MINUTES_KEPT = 30
const TOKEN = /^[\w.~-]{16,512}$/

/** Pages that a message links to, with a token in the address. */
const LINKED_PAGES = { '/account/reset/new': 'reset', '/account/invitation': 'invitation' } as const
type LinkedPage = keyof typeof LINKED_PAGES

interface LinkCookie {
  name: string
  value: string
  options: { path: string; maxAge: number; httpOnly: true; sameSite: 'lax'; secure: boolean }
}

export function linkCookieName(page: LinkedPage): string {
  return `stormdoor-customer.link-${LINKED_PAGES[page]}`
}

/**
 * The cookie by which a page keeps the token of its link, so that it can leave the address: histories, logs and
 * whoever looks over a shoulder would keep it there. Null for any other page, and for what no token looks like.
 */
export function linkCookie(pathname: string, token: string | null, secure: boolean): LinkCookie | null {
  if (!isLinked(pathname) || token === null || !TOKEN.test(token)) return null
  return { name: linkCookieName(pathname), value: token, options: { path: pathname, maxAge: MINUTES_KEPT * 60, httpOnly: true, sameSite: 'lax', secure } }
}

function isLinked(pathname: string): pathname is LinkedPage {
  return Object.hasOwn(LINKED_PAGES, pathname)
}
