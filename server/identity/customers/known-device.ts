import { createHmac, timingSafeEqual } from 'node:crypto'
import { parseCookies } from 'better-auth/cookies'
import type { SessionCookie } from '../session-cookie.ts'
import { CUSTOMER_COOKIES, customerSecret } from './customer-sessions.ts'

const KEPT_SECONDS = 180 * 24 * 60 * 60
/** A family's phone. */
const MOST_LOGINS = 6

/** Remembers which logins were signed in on a browser: others' guesses elsewhere must not slow their owner down there. */
export interface KnownDevices {
  /** Id of the browser when this login was signed in there before; null otherwise. */
  find(headers: Headers, email: string): string | null
  /** The cookie that says so from now on. */
  remember(headers: Headers, email: string, newId: string): SessionCookie
}

/** The cookie holds an id and, per login, a keyed hash of both: it tells nobody whose it is, and opens nothing. */
export function knownDevices({ sessionSecret, publicUrl }: { sessionSecret: string; publicUrl: string }): KnownDevices {
  const secret = customerSecret(sessionSecret)
  const secure = publicUrl.startsWith('https://')
  const name = `${secure ? '__Secure-' : ''}${CUSTOMER_COOKIES}.device`
  const proofOf = (id: string, email: string) => createHmac('sha256', secret).update(JSON.stringify(['known-device', id, email])).digest('base64url')
  const read = (headers: Headers) => {
    const [id = '', ...proofs] = (parseCookies(headers.get('cookie') ?? '').get(name) ?? '').split('.')
    return { id, proofs: proofs.slice(-MOST_LOGINS) }
  }
  const find = (headers: Headers, email: string) => {
    const { id, proofs } = read(headers)
    const expected = Buffer.from(proofOf(id, email))
    const isOurs = (proof: string) => {
      const shown = Buffer.from(proof)
      return shown.length === expected.length && timingSafeEqual(shown, expected)
    }
    return id !== '' && proofs.some(isOurs) ? id : null
  }
  return {
    find,
    remember: (headers, email, newId) => {
      const { id, proofs } = read(headers)
      const own = id === '' ? newId : id
      const value = [own, ...proofs.filter((proof) => proof !== proofOf(own, email)).slice(1 - MOST_LOGINS), proofOf(own, email)].join('.')
      return { name, value, options: { maxAge: KEPT_SECONDS, path: '/', httpOnly: true, sameSite: 'lax', secure } }
    },
  }
}
