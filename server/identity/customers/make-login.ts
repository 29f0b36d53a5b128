import type { Locale } from '../../../domain/report-choices.ts'
import { InvalidInputError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

/**
 * A new login with a password. The address decides by the database's own rule: of many at once one is made.
 * Throws InvalidInputError (/email, rule `email-taken`), whereupon its owner gets a message, and ReadsUnavailableError.
 */
export async function makeLogin(customers: CustomerAuth, { email, password, locale, verified = false }: { email: string; password: string; locale: Locale; verified?: boolean }): Promise<{ loginId: string; remove(): Promise<void> }> {
  const { database, library, limits, messages } = customers
  const taken = () => {
    messages.later(async () => {
      if (await limits.mayWriteTo(email)) messages.send({ to: email, channel: 'email', locale, template: 'has-login', values: { link: customers.link('/account/sign-in') } })
    })
    return new InvalidInputError([{ field: '/email', rule: 'email-taken', fix: 'Sign in with this address and add the account there, or use another address' }])
  }
  const isTaken = () => whenIdentityAnswers(async () => (await database.customerLogin.count({ where: { email } })) > 0)
  if (await isTaken()) throw taken()
  const { internalAdapter, password: hasher } = await library.context
  const hash = await hasher.hash(password)
  const login = await internalAdapter.createUser({ email, name: email.split('@')[0] ?? email, emailVerified: verified }, { method: 'credential' }).catch(() => null)
  if (!login) {
    if (await isTaken()) throw taken()
    return whenIdentityAnswers(() => Promise.reject(new Error('The login was not made')))
  }
  const remove = async () => void (await database.customerLogin.deleteMany({ where: { id: login.id } }).catch(() => undefined))
  try {
    await whenIdentityAnswers(() => internalAdapter.linkAccount({ userId: login.id, providerId: 'credential', accountId: login.id, password: hash }))
  } catch (error) {
    await remove()
    throw error
  }
  return { loginId: login.id, remove }
}
