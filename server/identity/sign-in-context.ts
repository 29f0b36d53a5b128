import type { Clock } from '../../domain/clock.ts'
import type { AuditTrail } from '../audit/record-acts.ts'
import type { BreakGlassCopy } from './break-glass/break-glass-copy.ts'
import type { SignInLimits } from './sign-in-limits.ts'
import type { StaffAuth } from './staff-auth.ts'

/** What the steps of a sign-in need. */
export interface SignInContext {
  auth: StaffAuth
  limits: SignInLimits
  audit: Pick<AuditTrail, 'take' | 'append'>
  clock: Pick<Clock, 'nowMs'>
  /** Null where no key for it is set. */
  breakGlass: BreakGlassCopy | null
  /** The utility's OpenID provider signs staff in; a password counts only while the identity store is away. */
  isProviderAlone: boolean
}
