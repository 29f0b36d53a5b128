import { z } from 'zod'
import type { Locale } from '../../../domain/report-choices.ts'
import { InvalidInputError } from '../../platform/errors.ts'
import type { SessionCookie } from '../session-cookie.ts'
import { checkPassword } from '../check-password.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { requireCustomer } from './customer-sessions.ts'
import { endSessions } from './end-sessions.ts'
import { messageLocale } from './message-locale.ts'
import { parseForm, passwordField } from './parse-form.ts'
import { startSession } from './start-session.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

const formSchema = z.object({ currentPassword: passwordField, newPassword: z.string() })

/**
 * Sets another password, ends every session of the login and begins a new one here.
 * @returns the cookies to set
 * @throws NotSignedInError, InvalidInputError (/currentPassword, rule `wrong-password`; /newPassword as checkPassword says),
 * TooManyRequestsError, ReadsUnavailableError, LogUnavailableError, IndeterminateError
 */
export async function changePassword(customers: CustomerAuth, input: { currentPassword: unknown; newPassword: unknown; headers: Headers; source: string; locale: Locale }): Promise<SessionCookie[]> {
  const { loginId, email } = await requireCustomer(customers, input.headers)
  const { currentPassword, newPassword } = parseForm(formSchema, input)
  await requirePassword(customers, { loginId, email, password: currentPassword, source: input.source })
  await checkPassword(newPassword, [email], '/newPassword')
  const { internalAdapter, password } = await customers.library.context
  const hash = await password.hash(newPassword)
  await endSessions(customers, { loginId, sessionId: null, why: 'password-changed' })
  const session = await whenIdentityAnswers(async () => {
    await internalAdapter.updatePassword(loginId, hash)
    return startSession(customers, { email, password: newPassword, headers: input.headers })
  })
  customers.audit.take({ actor: { kind: 'customer', id: loginId }, act: 'login.password-changed', subject: { kind: 'login', id: loginId }, after: { by: 'password' } })
  customers.messages.later(async () => {
    const locale = await messageLocale(customers, loginId, input.locale)
    customers.messages.send({ to: email, channel: 'email', locale, template: 'password-changed', values: { link: customers.link('/account/reset') } })
  })
  return session.cookies
}

async function requirePassword(customers: CustomerAuth, { loginId, email, password, source }: { loginId: string; email: string; password: string; source: string }): Promise<void> {
  const { limits, database, library } = customers
  // Whoever found a phone unlocked may not guess for longer than at the sign-in.
  const attempt = { email, source, knownDevice: loginId }
  await limits.takeSignIn(attempt)
  const right = await whenIdentityAnswers(async () => {
    const credential = await database.customerCredential.findFirst({ where: { loginId, providerId: 'credential' }, select: { password: true } })
    const { password: hasher } = await library.context
    return credential?.password ? hasher.verify({ hash: credential.password, password }) : false
  }).catch(async (error: unknown) => {
    await limits.giveBackSignIn(attempt, 'not-checked')
    throw error
  })
  if (!right) throw new InvalidInputError([{ field: '/currentPassword', rule: 'wrong-password', fix: 'Give the password that you signed in with' }])
  await limits.giveBackSignIn(attempt, 'signed-in')
}
