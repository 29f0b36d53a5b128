import { z } from 'zod'
import { NotFoundError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { requireRecentSignIn } from './require-recent-sign-in.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

export interface OwnPasskey {
  passkeyId: string
  name: string
  /** ISO 8601 UTC. */
  createdAt: string | null
}

/** Throws NotSignedInError, ReadsUnavailableError. */
export async function listPasskeys(customers: CustomerAuth, headers: Headers): Promise<OwnPasskey[]> {
  const { loginId } = await requireCustomer(customers, headers)
  const rows = await whenIdentityAnswers(() => customers.database.customerPasskey.findMany({ where: { loginId }, orderBy: { id: 'asc' } }))
  return rows.map(({ id, name, createdAt }) => ({ passkeyId: id, name: name ?? '', createdAt: createdAt?.toISOString() ?? null }))
}

/** Throws NotSignedInError, SignInAgainError, NotFoundError for one that is not theirs, ReadsUnavailableError. */
export async function removePasskey(customers: CustomerAuth, { passkeyId, headers }: { passkeyId: string; headers: Headers }): Promise<void> {
  const { loginId, ...customer } = await requireCustomer(customers, headers)
  requireRecentSignIn(customer, customers.clock)
  const id = z.uuid().safeParse(passkeyId).data
  const { count } = id ? await whenIdentityAnswers(() => customers.database.customerPasskey.deleteMany({ where: { id, loginId } })) : { count: 0 }
  if (count === 0) throw new NotFoundError('No such passkey')
  customers.audit.take({ actor: { kind: 'customer', id: loginId }, act: 'login.passkey-removed', subject: { kind: 'login', id: loginId } })
}
