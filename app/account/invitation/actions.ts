'use server'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { acceptInvitation } from '../../../server/identity/customers/accept-invitation.ts'
import { signUpByInvitation } from '../../../server/identity/customers/sign-up-by-invitation.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import type { FormState } from '../_components/form-state.ts'
import { linkCookieName } from '../_session/link-cookie.ts'
import { runForm } from '../run-form.ts'

const PAGE = '/account/invitation'
const OWN = { 'not-found': 'identity.invitation.noLink', forbidden: 'identity.invitation.otherLogin' } as const

export async function accept(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { own: OWN, signedInAt: PAGE }, async ({ services, headers }) => {
    await acceptInvitation(services.customers, { token: await linkToken(), headers })
    await forgetLink()
    redirect('/account/household?done=invitation-accepted')
  })
}

export async function signUpAndAccept(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { own: OWN }, async ({ services, headers }) => {
    await setCookies(await signUpByInvitation(services.customers, { token: await linkToken(), password: form.get('password'), headers }))
    await forgetLink()
    redirect('/account/welcome')
  })
}

async function linkToken(): Promise<string | undefined> {
  return (await cookies()).get(linkCookieName(PAGE))?.value
}

async function forgetLink(): Promise<void> {
  const jar = await cookies()
  jar.set(linkCookieName(PAGE), '', { path: PAGE, maxAge: 0 })
}
