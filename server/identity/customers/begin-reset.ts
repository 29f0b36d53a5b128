import { z } from 'zod'
import type { Locale } from '../../../domain/report-choices.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { messageLocale } from './message-locale.ts'
import { emailField, parseForm } from './parse-form.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

const formSchema = z.object({ email: emailField })

/**
 * Mails a link that sets a new password (once, within 30 minutes). Who has no login is told by mail too: the answer is the same, and
 * all that tells the two apart is done after it.
 * @throws InvalidInputError (/email), TooManyRequestsError after three an hour, ReadsUnavailableError
 */
export async function beginReset(customers: CustomerAuth, input: { email: unknown; source: string; locale: Locale }): Promise<void> {
  const { email } = parseForm(formSchema, input)
  const { limits, database, messages } = customers
  await whenIdentityAnswers(() => database.$queryRaw`SELECT 1`)
  await limits.takeAsked(input.source)
  await limits.takeReset(email)
  messages.later(async () => {
    const made = await customers.library.makeReset(email)
    const message = { to: email, channel: 'email', locale: input.locale } as const
    if (!made) {
      messages.send({ ...message, template: 'no-login', values: { link: customers.link('/account/sign-up') } })
      return
    }
    const locale = await messageLocale(customers, made.loginId, input.locale)
    messages.send({ ...message, locale, template: 'reset-link', values: { link: customers.link('/account/reset/new', { token: made.token }) } })
    customers.audit.take({ actor: { kind: 'guest', id: 'reset' }, act: 'login.reset-asked', subject: { kind: 'login', id: made.loginId } })
  })
}
