import type { Clock } from '../../../domain/clock.ts'
import { SignInAgainError } from '../../platform/errors.ts'
import type { Customer } from './customer-sessions.ts'

const RECENT_MS = 10 * 60_000

/** For what changes how somebody signs in, or takes everything away or out: whoever found a phone unlocked must not. Throws SignInAgainError. */
export function requireRecentSignIn(customer: Pick<Customer, 'signedInAt'>, clock: Pick<Clock, 'nowMs'>): void {
  if (clock.nowMs() - Date.parse(customer.signedInAt) > RECENT_MS) throw new SignInAgainError('Signed in too long ago for this')
}
