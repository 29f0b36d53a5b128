'use server'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { beginReset } from '../../../server/identity/customers/begin-reset.ts'
import { completeReset } from '../../../server/identity/customers/complete-reset.ts'
import type { FormState } from '../_components/form-state.ts'
import { linkCookieName } from '../_session/link-cookie.ts'
import { runForm } from '../run-form.ts'

const PAGE = '/account/reset/new'

export async function askForLink(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { kept: ['email'] }, async ({ services, source, locale }) => {
    await beginReset(services.customers, { email: form.get('email'), source, locale })
    redirect('/account/reset/sent')
  })
}

export async function setNewPassword(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { own: { 'not-found': 'identity.failed.link' } }, async ({ services }) => {
    const jar = await cookies()
    await completeReset(services.customers, { token: jar.get(linkCookieName(PAGE))?.value, password: form.get('password') })
    jar.set(linkCookieName(PAGE), '', { path: PAGE, maxAge: 0 })
    redirect('/account/sign-in?told=password-set')
  })
}
