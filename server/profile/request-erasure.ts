import { accountNumberKey } from '../../domain/account.ts'
import type { Clock } from '../../domain/clock.ts'
import type { NewEvent } from '../../domain/event.ts'
import { erasureRequestSchema } from '../../domain/me.ts'
import { appendEnding } from '../access/end-access.ts'
import { accessOf } from '../access/list-access.ts'
import { requireRecentSignIn } from '../identity/customers/require-recent-sign-in.ts'
import { commandEventId } from '../platform/command-id.ts'
import { ConflictError, InvalidInputError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { fieldProblems } from '../platform/field-problems.ts'
import { sha256 } from '../platform/hash.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'

export interface ErasureWrites {
  log: Pick<EventLog, 'append'>
  sources: ReadSources
  clock: Clock
  /** Takes the login out of the identity store; again is harmless. */
  eraseLogin(loginId: string): Promise<void>
}

/**
 * A customer asks to be forgotten: the request is logged first, then their access ends, their login goes and their sessions end.
 * What fails half-way is done by asking again under the same id. What the utility must keep, and what the log holds, stays.
 * @param input erasureRequestSchema, unparsed
 * @throws SignInAgainError signed in too long ago
 * @throws InvalidInputError the email is not the one that they sign in by
 * @throws ConflictError the id was used for something else
 * @throws ReadsUnavailableError LogUnavailableError IndeterminateError
 */
export async function requestErasure(context: ErasureWrites, customer: { loginId: string; email: string; signedInAt: string }, input: unknown): Promise<void> {
  requireRecentSignIn(customer, context.clock)
  const parsed = erasureRequestSchema.safeParse(input, { reportInput: true })
  if (!parsed.success) throw new InvalidInputError(fieldProblems(parsed.error))
  const { email } = parsed.data
  if (email.trim().toLowerCase() !== customer.email.toLowerCase()) {
    throw new InvalidInputError([{ field: '/email', rule: 'same-as-login', fix: 'Type the email that you sign in with' }])
  }
  const { loginId } = customer
  const requestId = commandEventId('erasure-requested', loginId, parsed.data.requestId)
  const { log, sources, clock } = context
  const at = new Date(clock.nowMs()).toISOString()
  const { value: access } = await accessOf(sources, loginId)
  await append(log, { id: requestId, type: 'erasure.requested.v1', key: loginId, bodyHash: sha256(loginId), data: { requestId, loginId, at } })
  for (const { accountNumber } of access) {
    const endingId = uuidV5('access-erased', requestId, accountNumberKey(accountNumber))
    await appendEnding(context, { endingId, loginId, accountNumber, reason: 'erased', by: loginId })
  }
  await context.eraseLogin(loginId)
  const revocationId = uuidV5('sessions-erased', requestId)
  await append(log, {
    id: revocationId, type: 'sessions.revoked.v1', key: loginId, bodyHash: sha256(loginId),
    data: { revocationId, of: 'customer', personId: loginId, sessionId: null, before: new Date(clock.nowMs()).toISOString(), why: 'erased' },
  })
}

async function append(log: Pick<EventLog, 'append'>, event: NewEvent<'erasure.requested.v1'> | NewEvent<'sessions.revoked.v1'>): Promise<void> {
  const [appended] = await log.append([event])
  if (appended?.outcome === 'conflicting') throw new ConflictError('This id was used for something else')
}
