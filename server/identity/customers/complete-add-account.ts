import { z } from 'zod'
import { getAccount } from '../../accounts/get-account.ts'
import { InvalidInputError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { giveOwnership } from './give-ownership.ts'
import { codeField, parseForm } from './parse-form.ts'
import { useCode } from './use-code.ts'

const formSchema = z.object({ additionId: z.uuid(), code: codeField })

/**
 * Makes whoever is signed in an owner of the account that the code is for.
 * @throws NotSignedInError, InvalidInputError (/code), ReadsUnavailableError, LogUnavailableError, IndeterminateError: the code then still works
 */
export async function completeAddAccount(customers: CustomerAuth, input: { additionId: unknown; code: unknown; headers: Headers }): Promise<{ accountNumber: string }> {
  const { loginId, email } = await requireCustomer(customers, input.headers)
  const { additionId, code } = parseForm(formSchema, input)
  const right = await useCode(customers, { id: additionId, code, loginId })
  const account = (await getAccount(customers.sources, right.accountNumber))?.value
  if (!account) throw new InvalidInputError([{ field: '/code', rule: 'code', fix: 'The account was closed' }])
  await right.close()
  try {
    await giveOwnership(customers, { codeId: additionId, loginId, email, account, how: 'added' })
  } catch (error) {
    await right.open()
    throw error
  }
  return { accountNumber: account.accountNumber }
}
