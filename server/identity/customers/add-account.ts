import { z } from 'zod'
import type { Locale } from '../../../domain/report-choices.ts'
import { askForCode } from './ask-for-code.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { accountNumberField, parseForm } from './parse-form.ts'

const formSchema = z.object({ accountNumber: accountNumberField, contact: z.string().trim().min(3).max(254) })

/**
 * Sends a code for another account of whoever is signed in, to a contact on file; answers alike when there is none.
 * @returns what `completeAddAccount` wants with the code
 * @throws NotSignedInError, InvalidInputError (/accountNumber, /contact), TooManyRequestsError, ReadsUnavailableError
 */
export async function addAccount(customers: CustomerAuth, input: { accountNumber: unknown; contact: unknown; headers: Headers; source: string; locale: Locale }): Promise<{ additionId: string }> {
  const { loginId } = await requireCustomer(customers, input.headers)
  const form = parseForm(formSchema, input)
  return { additionId: await askForCode(customers, { ...form, loginId, source: input.source, locale: input.locale, template: 'account-code' }) }
}
