import { z } from 'zod'
import { NotFoundError, ReadsUnavailableError } from '../../platform/errors.ts'
import { checkPassword } from '../check-password.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { endSessions } from './end-sessions.ts'
import { messageLocale } from './message-locale.ts'
import { parseForm, tokenField } from './parse-form.ts'
import { isRefusal, whenIdentityAnswers } from './when-identity-answers.ts'

const formSchema = z.object({ password: z.string() })

/**
 * Sets the password that a link was asked for, and ends every session of the login.
 * @throws NotFoundError for a link that is over, was used or never made, InvalidInputError (/password as checkPassword says),
 * ReadsUnavailableError, LogUnavailableError or IndeterminateError: the link then still works
 */
export async function completeReset(customers: CustomerAuth, input: { token: unknown; password: unknown }): Promise<void> {
  const { password } = parseForm(formSchema, input)
  const token = tokenField.safeParse(input.token).data
  if (token === undefined) throw deadLink()
  const { library, messages, audit } = customers
  const login = await whenIdentityAnswers(() => library.findReset(token))
  if (!login) throw deadLink()
  const { loginId, email } = login
  await checkPassword(password, [email])
  const end = () => endSessions(customers, { loginId, sessionId: null, why: 'password-changed' })
  // First: a link must not be spent while sessions cannot be ended.
  await end()
  try {
    await library.api.resetPassword({ body: { token, newPassword: password } })
  } catch (error) {
    if (isRefusal(error)) throw deadLink()
    throw new ReadsUnavailableError('The identity store does not answer', { cause: error })
  }
  // And what was begun with the old password meanwhile.
  await end()
  audit.take({ actor: { kind: 'customer', id: loginId }, act: 'login.password-changed', subject: { kind: 'login', id: loginId }, after: { by: 'link' } })
  messages.later(async () => {
    const locale = await messageLocale(customers, loginId)
    messages.send({ to: email, channel: 'email', locale, template: 'password-changed', values: { link: customers.link('/account/reset') } })
  })
}

function deadLink(): NotFoundError {
  return new NotFoundError('This link was used, is over, or was never made')
}
