import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { Locale } from '../../domain/report-choices.ts'
import { textIn } from '../../messages/text-in.ts'
import { type WebServices, webServices } from '../../server/web-services.ts'
import { clientAddress } from '../_shell/client-address.ts'
import { requestLocale } from '../_shell/request-locale.ts'
import { type ActionFailure, runAction } from '../action-result.ts'
import { failureWords, type OwnWords } from './_components/failure-words.ts'
import type { FormState } from './_components/form-state.ts'

const TYPED_CHARS = 254

/** What a form's verb is called with. */
interface FormRequest {
  services: WebServices
  /** Those of the request, with its cookies. */
  headers: Headers
  /** Address of the client, for limits. */
  source: string
  locale: Locale
}

interface FormRules {
  /** Names of the fields that are given back as typed: none that is secret. */
  kept?: readonly string[]
  own?: OwnWords
  /** Where the form stands when it is for whoever is signed in: its way back after a sign-in. */
  signedInAt?: string
}

/** Runs the action of a form: it ends by a redirect, or by what went wrong in the words of the request's language. */
export async function runForm(before: FormState, form: FormData, { kept = [], own, signedInAt }: FormRules, act: (request: FormRequest) => Promise<unknown>): Promise<FormState> {
  const { failure } = await runRequest(act)
  const elsewhere = failure && signedInAt ? signInPath(failure, signedInAt) : null
  if (elsewhere !== null) redirect(elsewhere)
  const typed = Object.fromEntries(kept.map((name) => [name, textOf(form, name)]))
  return { answer: before.answer + 1, typed, wrong: failure && failureWords(failure, textIn(await requestLocale()), own) }
}

/** Where to sign in first, and come back from, when that is what failed; else null. */
export function signInPath({ code }: ActionFailure, back: string): string | null {
  const told = code === 'not-signed-in' ? 'session-over' : code === 'sign-in-again' ? 'again' : null
  return told && `/account/sign-in?told=${told}&next=${encodeURIComponent(back)}`
}

/** Runs what a page asks for by its script or its form: what came of it, or why nothing did. */
export async function runRequest<T>(act: (request: FormRequest) => Promise<T>): Promise<{ done: T; failure: null } | { done: null; failure: ActionFailure }> {
  const services = webServices()
  const sent = new Headers(await headers())
  const locale = await requestLocale()
  const outcome = await runAction(services.logger, sent, async () => ({ done: await act({ services, headers: sent, source: clientAddress(sent), locale }) }))
  return 'done' in outcome ? { ...outcome, failure: null } : { done: null, failure: outcome }
}

export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.slice(0, TYPED_CHARS) : ''
}
