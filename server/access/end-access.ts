import type { AccessEnded } from '../../domain/access.ts'
import type { NewEvent } from '../../domain/event.ts'
import { ConflictError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import type { AccessWrites } from './grant-access.ts'
import { listPeopleOf } from './list-people-of.ts'
import { appendLoss, type LossWrites } from './loss-chain.ts'
import { type AccessReads, requireAccess } from './require-access.ts'

export interface AccessEnding {
  /** The command's id. */
  endingId: string
  /** Whose access ends. */
  loginId: string
  accountNumber: string
}

/**
 * Ends somebody's access to an account: an owner ends anybody's, everybody their own. The last owner stays while others have access.
 * Of who has no access it says nothing new: sent again after its answer was lost it is the same ending.
 * @throws NotFoundError not the customer's account
 * @throws ForbiddenError another's, and the customer is no owner; or the last owner while others are there
 * @throws ConflictError the id was used for another ending
 * @throws ReadsUnavailableError LogUnavailableError IndeterminateError
 */
export async function endAccess(context: AccessReads & AccessWrites & LossWrites, customer: { loginId: string }, { endingId, loginId, accountNumber }: AccessEnding): Promise<void> {
  const own = loginId === customer.loginId
  const { access } = await requireAccess(context, customer, accountNumber, own ? 'read' : 'manage')
  const people = await listPeopleOf(context, accountNumber)
  const ending = { endingId, loginId, accountNumber: access.accountNumber, reason: own ? 'left' : 'removed', by: customer.loginId } as const
  await appendLoss(context.log, { commandId: endingId, loginId, accountNumber: access.accountNumber, people, staysThere: false, event: endingEvent(context, ending) })
}

/** For whoever has seen to it that it may end. Throws ConflictError, LogUnavailableError, IndeterminateError. */
export async function appendEnding({ log, clock }: { log: Pick<EventLog, 'append'>; clock: AccessWrites['clock'] }, ending: Omit<AccessEnded, 'at'>): Promise<void> {
  const event: NewEvent<'access.ended.v1'> = { id: ending.endingId, key: ending.loginId, ...endingEvent({ clock }, ending) }
  const [appended] = await log.append([event])
  if (appended?.outcome === 'conflicting') throw new ConflictError('This id was used for another ending; the first one stands')
}

function endingEvent({ clock }: Pick<AccessWrites, 'clock'>, ending: Omit<AccessEnded, 'at'>): Omit<NewEvent<'access.ended.v1'>, 'id' | 'key'> {
  const { loginId, accountNumber, reason, by } = ending
  return { type: 'access.ended.v1', bodyHash: sha256(JSON.stringify([loginId, accountNumber, reason, by])), data: { ...ending, at: new Date(clock.nowMs()).toISOString() } }
}
