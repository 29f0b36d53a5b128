import { z } from 'zod'
import { getAccount } from '../../accounts/get-account.ts'
import { InvalidInputError } from '../../platform/errors.ts'
import type { SessionCookie } from '../session-cookie.ts'
import { checkPassword } from '../check-password.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { giveOwnership } from './give-ownership.ts'
import { makeLogin } from './make-login.ts'
import { codeField, emailField, parseForm } from './parse-form.ts'
import { startSession } from './start-session.ts'
import { useCode } from './use-code.ts'

const formSchema = z.object({ signUpId: z.uuid(), code: codeField, email: emailField, password: z.string() })

/**
 * Makes a login for whoever has the code, as an owner of the account, and signs them in.
 * @returns the cookies to set
 * @throws InvalidInputError /code (rule `code`), /password (checkPassword), /email (rule `email-taken`, told to who has the code alone),
 * ReadsUnavailableError, LogUnavailableError or IndeterminateError: the code then still works
 */
export async function completeSignUp(
  customers: CustomerAuth,
  input: { signUpId: unknown; code: unknown; email: unknown; password: unknown; headers: Headers },
): Promise<SessionCookie[]> {
  const { signUpId, code, email, password } = parseForm(formSchema, input)
  const right = await useCode(customers, { id: signUpId, code, loginId: null })
  await checkPassword(password, [email, right.accountNumber]).catch(async (refusal: unknown) => {
    await right.giveBackTry()
    throw refusal
  })
  const account = (await getAccount(customers.sources, right.accountNumber))?.value
  if (!account) throw new InvalidInputError([{ field: '/code', rule: 'code', fix: 'The account was closed' }])
  await right.close()
  try {
    const login = await makeLogin(customers, { email, password, locale: account.language })
    try {
      await giveOwnership(customers, { codeId: signUpId, loginId: login.loginId, email, account, how: 'sign-up' })
    } catch (error) {
      await login.remove()
      throw error
    }
  } catch (error) {
    await right.open()
    throw error
  }
  const session = await startSession(customers, { email, password, headers: input.headers })
  customers.audit.take({ actor: { kind: 'customer', id: session.loginId }, act: 'login.signed-up', subject: { kind: 'login', id: session.loginId } })
  return session.cookies
}
