'use server'
import { textIn } from '../../../messages/text-in.ts'
import { beginPasskeySignIn, type PasskeySignInOptions, signInWithPasskey } from '../../../server/identity/customers/sign-in-with-passkey.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import type { ActionFailure } from '../../action-result.ts'
import { failureWords } from '../_components/failure-words.ts'
import { safeNextPath } from '../_session/safe-next-path.ts'
import { runRequest } from '../run-form.ts'

/** What a browser asks its passkeys, or why it cannot be asked now. */
export async function askForPasskey(): Promise<{ options: PasskeySignInOptions } | { words: string }> {
  const { done, failure } = await runRequest(async ({ services, source }) => {
    const { options, cookies } = await beginPasskeySignIn(services.customers, { source })
    await setCookies(cookies)
    return { options }
  })
  return done ?? { words: await wordsOf(failure) }
}

/**
 * @param credential what the browser gave, as JSON
 * @returns where to go now that somebody is signed in, or why nobody is
 */
export async function signInByPasskey(credential: unknown, next: string): Promise<{ path: string } | { words: string }> {
  const { done, failure } = await runRequest(async ({ services, headers, locale }) => {
    await setCookies(await signInWithPasskey(services.customers, { credential, headers }))
    return { path: safeNextPath(next, locale) }
  })
  return done ?? { words: await wordsOf(failure) }
}

async function wordsOf(failure: ActionFailure): Promise<string> {
  const text = textIn(await requestLocale())
  return failureWords(failure, text, { 'not-signed-in': 'identity.passkey.failed' }).words ?? text('identity.passkey.failed')
}
