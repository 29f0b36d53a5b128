import { NotFoundError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { endSessions } from './end-sessions.ts'
import { listSessions } from './list-sessions.ts'

/**
 * Ends one session of whoever asks. Throws NotSignedInError, NotFoundError for one that is not theirs, ReadsUnavailableError,
 * LogUnavailableError, IndeterminateError.
 */
export async function endSession(customers: CustomerAuth, { sessionId, headers }: { sessionId: string; headers: Headers }): Promise<void> {
  const { loginId } = await requireCustomer(customers, headers)
  const own = await listSessions(customers, headers)
  if (!own.some((session) => session.sessionId === sessionId)) throw new NotFoundError('No such session')
  await endSessions(customers, { loginId, sessionId, why: 'signed-out' })
  customers.audit.take({ actor: { kind: 'customer', id: loginId }, act: 'login.session-ended', subject: { kind: 'login', id: loginId } })
}
