'use server'
import { textIn } from '../../../messages/text-in.ts'
import { beginPasskeyRegistration, completePasskeyRegistration, type PasskeyRegistrationOptions } from '../../../server/identity/customers/register-passkey.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import type { ActionFailure } from '../../action-result.ts'
import { failureWords } from '../_components/failure-words.ts'
import { runRequest, signInPath } from '../run-form.ts'

type Elsewhere = { path: string } | { words: string }

/** What a browser makes a passkey from; else where to sign in first, or why it cannot be made now. */
export async function askForNewPasskey(): Promise<{ options: PasskeyRegistrationOptions } | Elsewhere> {
  const { done, failure } = await runRequest(async ({ services, headers }) => {
    const { options, cookies } = await beginPasskeyRegistration(services.customers, headers)
    await setCookies(cookies)
    return { options }
  })
  return done ?? elsewhere(failure)
}

/** @param credential what the browser made, as JSON */
export async function addPasskey(credential: unknown, name: string): Promise<Elsewhere> {
  const { done, failure } = await runRequest(async ({ services, headers }) => {
    await completePasskeyRegistration(services.customers, { credential, name, headers })
    return { path: '/account/security?done=passkey-added' }
  })
  return done ?? elsewhere(failure)
}

async function elsewhere(failure: ActionFailure): Promise<Elsewhere> {
  const path = signInPath(failure, '/account/security')
  if (path !== null) return { path }
  const text = textIn(await requestLocale())
  const { words, fields } = failureWords(failure, text)
  return { words: words ?? fields[0]?.words ?? text('identity.passkey.failed') }
}
