import { createHmac } from 'node:crypto'
import { getCookieCache, parseCookies } from 'better-auth/cookies'
import { z } from 'zod'
import { NotSignedInError, ReadsUnavailableError } from '../../platform/errors.ts'
import type { Revocations } from '../revocations.ts'

export const CUSTOMER_COOKIES = 'stormdoor-customer'
/** After that a stolen cookie is worth nothing. */
export const CUSTOMER_SESSION_SECONDS = 24 * 60 * 60
/** A process that was just started reads in this time which sessions have ended. */
const REVOCATIONS_WITHIN_MS = 1_000

/** Whoever is signed in. What they may do for which account is asked of server/access/. */
export interface Customer {
  loginId: string
  email: string
  sessionId: string
  /** ISO 8601 UTC. */
  signedInAt: string
}

/** Tells who is signed in by their cookies alone: needs neither Postgres nor Redis. */
export interface CustomerSessions {
  /** Null when nobody is. Throws ReadsUnavailableError while it cannot be known whether the session was ended. */
  find(headers: Headers): Promise<Customer | null>
}

const cookieSchema = z.object({
  session: z.object({ id: z.uuid(), userId: z.uuid(), createdAt: z.coerce.date(), expiresAt: z.coerce.date() }),
  user: z.object({ id: z.uuid(), email: z.email() }),
})

/** Customers' cookies are signed by a key of their own: one of staff is none of a customer, and the other way. */
export function customerSecret(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('customers').digest('base64url')
}

/** @param options.publicUrl `https://…` makes the cookies Secure, and only such are read then */
export function createCustomerSessions({ sessionSecret, publicUrl, revocations }: { sessionSecret: string; publicUrl: string; revocations: Pick<Revocations, 'isRevoked' | 'ready'> }): CustomerSessions {
  const secret = customerSecret(sessionSecret)
  const isSecure = publicUrl.startsWith('https://')
  return {
    find: async (headers) => {
      if (!holdsJson(headers, `${isSecure ? '__Secure-' : ''}${CUSTOMER_COOKIES}.session_data`)) return null
      const signed = await getCookieCache(headers, { cookiePrefix: CUSTOMER_COOKIES, secret, isSecure, strategy: 'compact' }).catch(() => null)
      const parsed = cookieSchema.safeParse(signed)
      if (!parsed.success) return null
      const { session, user } = parsed.data
      const issuedAtMs = session.createdAt.getTime()
      if (session.expiresAt.getTime() - issuedAtMs > CUSTOMER_SESSION_SECONDS * 1_000) return null
      if (!(await revocations.ready(REVOCATIONS_WITHIN_MS))) throw new ReadsUnavailableError('Which sessions have ended is not known yet')
      if (revocations.isRevoked('customer', user.id, session.id, issuedAtMs)) return null
      return { loginId: user.id, email: user.email, sessionId: session.id, signedInAt: session.createdAt.toISOString() }
    },
  }
}

/**
 * The customer behind a request. Every verb, action and route of customers opens with it.
 * Throws NotSignedInError, and ReadsUnavailableError while that is not known.
 * @param headers those of the request, with its cookies
 */
export async function requireCustomer(customers: CustomerSessions, headers: Headers): Promise<Customer> {
  const customer = await customers.find(headers)
  if (!customer) throw new NotSignedInError('No valid session of a customer')
  return customer
}

/** What is not even that, the library would write into the log of the process, whatever it holds. */
function holdsJson(headers: Headers, name: string): boolean {
  try {
    JSON.parse(Buffer.from(parseCookies(headers.get('cookie') ?? '').get(name) ?? '', 'base64url').toString())
    return true
  } catch {
    return false
  }
}
