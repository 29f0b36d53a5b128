import { accountNumberKey } from '../../domain/account.ts'
import type { Clock } from '../../domain/clock.ts'
import type { NewEvent } from '../../domain/event.ts'
import { appendEnding } from '../access/end-access.ts'
import { accessOf } from '../access/list-access.ts'
import { ConflictError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'

export interface ErasureWrites {
  log: Pick<EventLog, 'append'>
  sources: ReadSources
  clock: Clock
  /** Takes the login out of the identity store; again is harmless. */
  eraseLogin: (loginId: string) => Promise<void>
}

/** A request that is in the log: of whom, and the id that its steps are named by. */
export interface StandingErasure {
  loginId: string
  requestId: string
}

/** Whoever asked goes on by themselves meanwhile. */
const LEFT_ALONE_MS = 60_000

/**
 * What follows from a request: access ends, sessions end, and the login goes last, so that one whose request stands and whose
 * login is still there is one that was cut off. Again is harmless.
 * @param access what the login has access to
 * @throws ReadsUnavailableError LogUnavailableError IndeterminateError
 */
export async function completeErasure({ log, clock, eraseLogin }: ErasureWrites, { loginId, requestId }: StandingErasure, access: readonly { accountNumber: string }[]): Promise<void> {
  for (const { accountNumber } of access) {
    const endingId = uuidV5('access-erased', requestId, accountNumberKey(accountNumber))
    await appendEnding({ log, clock }, { endingId, loginId, accountNumber, reason: 'erased', by: loginId })
  }
  const revocationId = uuidV5('sessions-erased', requestId)
  await appendOnce(log, {
    id: revocationId, type: 'sessions.revoked.v1', key: loginId, bodyHash: sha256(loginId),
    data: { revocationId, of: 'customer', personId: loginId, sessionId: null, before: new Date(clock.nowMs()).toISOString(), why: 'erased' },
  })
  await eraseLogin(loginId)
}

/**
 * Completes what was cut off: requests of more than a minute ago whose login is still there.
 * @returns how many
 * @throws StoreUnavailableError ReadsUnavailableError LogUnavailableError IndeterminateError
 */
export async function completeErasuresCutOff(context: ErasureWrites): Promise<number> {
  const before = new Date(context.clock.nowMs() - LEFT_ALONE_MS)
  const cutOff = await context.sources.prisma.use(
    (database) => database.$queryRaw<StandingErasure[]>`
      SELECT erasure.login_id::text AS "loginId", erasure.request_id::text AS "requestId"
      FROM portal.erasure JOIN identity.customer_login ON customer_login.id = erasure.login_id
      WHERE erasure.as_of < ${before}`,
  )
  for (const erasure of cutOff) await completeErasure(context, erasure, (await accessOf(context.sources, erasure.loginId)).value)
  return cutOff.length
}

/** The same again is harmless. Throws ConflictError when its id was used for something else. */
export async function appendOnce(log: Pick<EventLog, 'append'>, event: NewEvent<'erasure.requested.v1'> | NewEvent<'sessions.revoked.v1'>): Promise<void> {
  const [appended] = await log.append([event])
  if (appended?.outcome === 'conflicting') throw new ConflictError('This id was used for something else')
}
