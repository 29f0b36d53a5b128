import { erasureRequestSchema } from '../../domain/me.ts'
import { accessOf } from '../access/list-access.ts'
import { requireRecentSignIn } from '../identity/customers/require-recent-sign-in.ts'
import { commandEventId } from '../platform/command-id.ts'
import { InvalidInputError } from '../platform/errors.ts'
import { fieldProblems } from '../platform/field-problems.ts'
import { sha256 } from '../platform/hash.ts'
import { appendOnce, completeErasure, type ErasureWrites } from './complete-erasure.ts'

/**
 * A customer asks to be forgotten: the request is logged first, then their access ends, their login goes and their sessions end.
 * What fails half-way is done by asking again under the same id, or by the reactor. What the utility must keep, and what the log
 * holds, stays.
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
  const at = new Date(context.clock.nowMs()).toISOString()
  const { value: access } = await accessOf(context.sources, loginId)
  await appendOnce(context.log, { id: requestId, type: 'erasure.requested.v1', key: loginId, bodyHash: sha256(loginId), data: { requestId, loginId, at } })
  await completeErasure(context, { loginId, requestId }, access)
}
