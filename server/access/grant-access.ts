import type { AccessGranted, AccessRole } from '../../domain/access.ts'
import type { Account } from '../../domain/account.ts'
import type { Clock } from '../../domain/clock.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { Utility } from '../../domain/utility.ts'
import { startOfDayMs } from '../../domain/visible-span.ts'
import { ConflictError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'

export interface AccessWrites {
  log: Pick<EventLog, 'append'>
  clock: Clock
  utility: Pick<Utility, 'timeZone'>
}

export interface AccessGrant {
  /** The command's id. */
  grantId: string
  loginId: string
  account: Pick<Account, 'accountNumber' | 'movedInOn'>
  role: AccessRole
  how: Exclude<AccessGranted['how'], 'role-changed'>
  /** The login that gives it: its own when it proved itself by a code. */
  by: string
}

/**
 * Gives a login access to an account; who may give it, the caller has seen to. Durable when this resolves. Who proved to be the
 * customer sees from the move-in on, where it is told; anybody else from now on.
 * @throws ConflictError the id was used for another grant
 * @throws LogUnavailableError nothing was written
 * @throws IndeterminateError it may stand: ask again under the same id
 */
export async function grantAccess({ log, clock, utility }: AccessWrites, { grantId, loginId, account, role, how, by }: AccessGrant): Promise<void> {
  const { accountNumber, movedInOn } = account
  const fromMs = movedInOn === undefined || how === 'invitation' ? clock.nowMs() : startOfDayMs(movedInOn, utility.timeZone)
  await appendGrant(log, { grantId, loginId, accountNumber, role, from: new Date(fromMs).toISOString(), how, by })
}

export async function appendGrant(log: Pick<EventLog, 'append'>, data: AccessGranted): Promise<void> {
  const event: NewEvent<'access.granted.v1'> = { id: data.grantId, key: data.loginId, ...grantEvent(data) }
  const [appended] = await log.append([event])
  if (appended?.outcome === 'conflicting') throw new ConflictError('This id was used for another grant; the first one stands')
}

export function grantEvent(data: AccessGranted): Omit<NewEvent<'access.granted.v1'>, 'id' | 'key'> {
  const { loginId, accountNumber, role, how, by } = data
  // Without the time: the same command again is no conflict.
  return { type: 'access.granted.v1', bodyHash: sha256(JSON.stringify([loginId, accountNumber, role, how, by])), data }
}
