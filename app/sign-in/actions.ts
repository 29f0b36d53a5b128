'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { signInStaff } from '../../server/identity/sign-in-staff.ts'
import { webServices } from '../../server/web-services.ts'
import { clientAddress } from '../_shell/client-address.ts'
import { setCookies } from '../_shell/set-cookies.ts'
import { type ActionFailure, runAction } from '../action-result.ts'

export interface SignInState {
  /** Typed before, so that it need not be typed again. */
  email: string
  failure: ActionFailure | null
}

export async function signIn(_before: SignInState, form: FormData): Promise<SignInState> {
  const { staff, logger } = webServices()
  const request = await headers()
  const typed = form.get('email')
  const failure = await runAction(logger, request, async () => {
    const input = { email: typed, password: form.get('password'), source: clientAddress(request), headers: new Headers(request) }
    const { cookies, next } = await signInStaff(staff.signIn, input)
    await setCookies(cookies)
    redirect(`/sign-in/${next}`)
  })
  return { email: typeof typed === 'string' ? typed.slice(0, 254) : '', failure }
}
