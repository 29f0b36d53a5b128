import { HAS_LEFT, type HereCookie } from '../../../../domain/here-cookie.ts'
import type { Owner } from '../../../../worker/outbox/report-record.ts'

/** A place of a customer's, as far as it takes to choose it. */
export interface Premise {
  accountNumber: string
  line1: string
  line2?: string
  city: string
}

/** The customer who was signed in when the server was asked last. */
export interface KnownCustomer {
  loginId: string
  premises: readonly Premise[]
  /** ISO 8601 UTC. */
  asOf: string
}

/** What the phone has kept of the last answer. */
export interface KeptCustomer {
  /** Null: nobody was signed in. */
  customer: KnownCustomer | null
  /** The time of the newest cookie that was known then. */
  sinceMs: number
}

/** Who is signed in on this phone, as far as it knows. */
export interface WhoIsHere {
  /** Null: nobody. */
  loginId: Owner
  /** Of that login; empty while they are not known. */
  premises: readonly Premise[]
  /** The last customer has signed out; otherwise the session may have ended by itself. */
  hasLeft: boolean
}

export const NOBODY_HERE: WhoIsHere = { loginId: null, premises: [], hasLeft: false }

/**
 * By the newer of the two. The cookie is set with the session's own, before anybody can be asked; but a browser that was killed may
 * have forgotten its latest cookies, and then what was heard is newer.
 * @param cookie null where there is none, which says nothing: it may have been cleared alone
 */
export function whoIsHere(cookie: HereCookie | null, kept: KeptCustomer | null): WhoIsHere {
  const isCookieNewer = cookie !== null && (kept === null || cookie.sinceMs > kept.sinceMs)
  const said = isCookieNewer ? cookie.loginId : (kept?.customer?.loginId ?? null)
  if (said === null || said === HAS_LEFT) return { ...NOBODY_HERE, hasLeft: cookie?.loginId === HAS_LEFT }
  const { customer } = kept ?? {}
  return { loginId: said, premises: customer?.loginId === said ? customer.premises : [], hasLeft: false }
}

/** What a phone has kept; null for anything else. */
export function keptCustomer(note: unknown): KeptCustomer | null {
  const { customer, sinceMs } = (note ?? {}) as Partial<Record<keyof KeptCustomer, unknown>>
  return typeof sinceMs === 'number' ? { customer: knownCustomer(customer), sinceMs } : null
}

/** What the server answered, or what was kept of it; null for anything else. */
export function knownCustomer(answer: unknown): KnownCustomer | null {
  const { loginId, premises, asOf } = (answer ?? {}) as Partial<Record<keyof KnownCustomer, unknown>>
  if (typeof loginId !== 'string' || loginId === '' || typeof asOf !== 'string' || !Array.isArray(premises)) return null
  return { loginId, asOf, premises: premises.filter(isPremise).map(({ accountNumber, line1, line2, city }) => ({ accountNumber, line1, line2, city })) }
}

function isPremise(value: unknown): value is Premise {
  const { accountNumber, line1, line2, city } = (value ?? {}) as Partial<Record<keyof Premise, unknown>>
  return typeof accountNumber === 'string' && accountNumber !== '' && typeof line1 === 'string' && typeof city === 'string' && (line2 === undefined || typeof line2 === 'string')
}
