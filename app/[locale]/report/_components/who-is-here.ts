import { HAS_LEFT } from '../../../../domain/here-cookie.ts'
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
 * The cookie is set with the session's own, so it is newer than what was heard: another login's places are never offered.
 * @param cookie undefined where there is none, which says nothing: it may have been cleared alone
 */
export function whoIsHere(cookie: string | undefined, known: KnownCustomer | null): WhoIsHere {
  if (cookie === HAS_LEFT) return { ...NOBODY_HERE, hasLeft: true }
  const loginId = cookie ?? known?.loginId ?? null
  return { loginId, premises: known?.loginId === loginId ? (known?.premises ?? []) : [], hasLeft: false }
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
