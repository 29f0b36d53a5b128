import { z } from 'zod'
import { NotFoundError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { parseForm } from './parse-form.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

const formSchema = z.object({ passkeyId: z.uuid(), name: z.string().trim().min(1).max(60) })

/** Throws NotSignedInError, InvalidInputError (/name), NotFoundError for one that is not theirs, ReadsUnavailableError. */
export async function renamePasskey(customers: CustomerAuth, input: { passkeyId: unknown; name: unknown; headers: Headers }): Promise<void> {
  const { loginId } = await requireCustomer(customers, input.headers)
  const { passkeyId: id, name } = parseForm(formSchema, input)
  const { count } = await whenIdentityAnswers(() => customers.database.customerPasskey.updateMany({ where: { id, loginId }, data: { name } }))
  if (count === 0) throw new NotFoundError('No such passkey')
}
