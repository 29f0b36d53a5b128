import type { SessionsRevoked } from '../../../domain/access.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { sha256 } from '../../platform/hash.ts'
import type { CustomerAuth } from './customer-auth.ts'

/**
 * Ends one session of a login, or all that began before now: in the log, from where every process learns of it, and in Postgres when
 * that answers. Throws LogUnavailableError or IndeterminateError as the log does: then they may go on.
 * @param sessionId null: all
 */
export async function endSessions(customers: CustomerAuth, { loginId, sessionId, why }: { loginId: string; sessionId: string | null; why: SessionsRevoked['why'] }): Promise<void> {
  const { clock, random, log, revocations } = customers
  const before = new Date(clock.nowMs())
  const id = uuidV7(clock, random)
  const data: SessionsRevoked = { revocationId: id, of: 'customer', personId: loginId, sessionId, before: before.toISOString(), why }
  await log.append([{ id, type: 'sessions.revoked.v1', key: loginId, bodyHash: sha256(JSON.stringify(data)), data }])
  revocations.take(data)
  const rows = sessionId === null ? { loginId, createdAt: { lt: before } } : { loginId, id: sessionId }
  // The log has it, and no process asks Postgres whether a session stands: the row is what the page of sessions shows.
  await customers.database.customerSession.deleteMany({ where: rows }).catch(() => undefined)
}
