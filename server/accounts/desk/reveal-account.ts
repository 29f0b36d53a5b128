import { type Account, accountNumberKey } from '../../../domain/account.ts'
import type { Clock } from '../../../domain/clock.ts'
import { revealSchema } from '../../../domain/desk-account.ts'
import { REVEALED_FOR_MS } from '../../../domain/desk-choices.ts'
import type { AuditTrail } from '../../audit/record-acts.ts'
import { requirePermission } from '../../identity/require-permission.ts'
import type { Staff } from '../../identity/staff.ts'
import { commandEventId } from '../../platform/command-id.ts'
import { ConflictError } from '../../platform/errors.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { parsed } from './parsed.ts'
import { requireAccount } from './require-account.ts'

export interface RevealedDetails extends Pick<Account['personal'], 'phones' | 'address'> {
  email: string | null
  /** ISO 8601 UTC: then the page masks them again. */
  until: string
}

/**
 * Shows how to reach a customer, after the log has who asked and why: in this order, whatever happens in between.
 * @throws ForbiddenError InvalidInputError NotFoundError ReadsUnavailableError
 * @throws LogUnavailableError IndeterminateError then nothing is shown
 * @throws ConflictError the id was used before: for something else, or too long ago
 */
export async function revealAccount({ audit, sources, clock }: { audit: Pick<AuditTrail, 'append'>; sources: ReadSources; clock: Clock }, staff: Staff, input: unknown): Promise<RevealedDetails> {
  requirePermission(staff, 'account.reveal')
  const { revealId, accountNumber, why, words } = parsed(revealSchema, input)
  const { value: account } = await requireAccount(sources, accountNumber)
  const told = await audit.append({
    entryId: commandEventId('account-revealed', staff.staffId, revealId),
    actor: { kind: 'staff', id: staff.staffId, role: staff.role },
    act: 'account.revealed',
    subject: { kind: 'account', id: accountNumberKey(account.accountNumber) },
    reason: `${why}: ${words}`,
  })
  const untilMs = Date.parse(told.at) + REVEALED_FOR_MS
  // A reason is good for one time: kept and sent again, it would open the details for ever.
  if (untilMs <= clock.nowMs()) throw new ConflictError('These details were shown before: say again why')
  const { phones, email, address } = account.personal
  return { phones, email: email ?? null, address, until: new Date(untilMs).toISOString() }
}
