import { z } from 'zod'
import type { Locale } from '../../../domain/report-choices.ts'
import { askForCode } from './ask-for-code.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { accountNumberField, parseForm } from './parse-form.ts'

const formSchema = z.object({ accountNumber: accountNumberField, contact: z.string().trim().min(3).max(254) })

/**
 * Sends a code to a phone or mail address on file, when the two belong together. The answer is the same when they do not.
 * @param input the form's fields as typed; `source`: address of the client
 * @returns what `completeSignUp` wants with the code
 * @throws InvalidInputError (/accountNumber, /contact), TooManyRequestsError after three codes an hour, ReadsUnavailableError
 */
export async function beginSignUp(customers: CustomerAuth, input: { accountNumber: unknown; contact: unknown; source: string; locale: Locale }): Promise<{ signUpId: string }> {
  const form = parseForm(formSchema, input)
  return { signUpId: await askForCode(customers, { ...form, loginId: null, source: input.source, locale: input.locale, template: 'sign-up-code' }) }
}
