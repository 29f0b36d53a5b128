import type { SessionsRevoked } from '../../domain/access.ts'
import type { Clock } from '../../domain/clock.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import type { StaffAuth } from './staff-auth.ts'

export interface EndingContext {
  auth: StaffAuth
  log: Pick<EventLog, 'append'>
  clock: Pick<Clock, 'nowMs'>
}

/**
 * Ends all sessions and tokens of a member of staff that began before now, in every process: by the log, and in Postgres if it answers.
 * Throws LogUnavailableError, IndeterminateError.
 * @param keep a session that was opened by the change itself
 */
export async function endStaffSessions({ auth, log, clock }: EndingContext, staffId: string, why: SessionsRevoked['why'], keep?: { token: string; createdAtMs: number }): Promise<void> {
  const beforeMs = keep?.createdAtMs ?? clock.nowMs() + 1
  await tell({ auth, log, clock }, { personId: staffId, sessionId: null, before: new Date(beforeMs).toISOString(), why })
  await auth.store.staffSession.deleteMany({ where: { staffId, ...(keep && { token: { not: keep.token } }) } })
}

/** Ends one session everywhere. Throws LogUnavailableError, IndeterminateError. */
export async function endStaffSession(context: EndingContext, { staffId, sessionId }: { staffId: string; sessionId: string }): Promise<void> {
  await tell(context, { personId: staffId, sessionId, before: new Date(context.clock.nowMs()).toISOString(), why: 'signed-out' })
}

async function tell({ auth, log }: EndingContext, ending: Omit<SessionsRevoked, 'revocationId' | 'of'>): Promise<void> {
  const data: SessionsRevoked = { revocationId: auth.newId(), of: 'staff', ...ending }
  await log.append([{ id: data.revocationId, type: 'sessions.revoked.v1', key: data.personId, bodyHash: sha256(JSON.stringify(data)), data }])
  auth.options.revocations?.take(data)
}
