import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

export interface OwnSession {
  sessionId: string
  /** ISO 8601 UTC. */
  signedInAt: string
  endsAt: string
  userAgent: string | null
  /** The one that asks. */
  current: boolean
}

/** Where whoever asks is signed in, the newest first. Throws NotSignedInError, ReadsUnavailableError. */
export async function listSessions(customers: CustomerAuth, headers: Headers): Promise<OwnSession[]> {
  const { database, clock, revocations } = customers
  const customer = await requireCustomer(customers, headers)
  const rows = await whenIdentityAnswers(() =>
    database.customerSession.findMany({ where: { loginId: customer.loginId, expiresAt: { gt: new Date(clock.nowMs()) } }, orderBy: { createdAt: 'desc' } }),
  )
  return rows
    .filter(({ id, loginId, createdAt }) => !revocations.isRevoked('customer', loginId, id, createdAt.getTime()))
    .map(({ id, createdAt, expiresAt, userAgent }) => ({
      sessionId: id, signedInAt: createdAt.toISOString(), endsAt: expiresAt.toISOString(), userAgent: userAgent || null, current: id === customer.sessionId,
    }))
}
