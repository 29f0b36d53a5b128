'use server'
import { redirect } from 'next/navigation'
import { beginSignUp } from '../../../server/identity/customers/begin-sign-up.ts'
import { completeSignUp } from '../../../server/identity/customers/complete-sign-up.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import type { FormState } from '../_components/form-state.ts'
import { runForm } from '../run-form.ts'

export async function askForCode(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { kept: ['accountNumber', 'contact'] }, async ({ services, source, locale }) => {
    const { signUpId } = await beginSignUp(services.customers, { accountNumber: form.get('accountNumber'), contact: form.get('contact'), source, locale })
    redirect(`/account/sign-up/${signUpId}`)
  })
}

export async function finishSignUp(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { kept: ['code', 'email'] }, async ({ services, headers }) => {
    const typed = { signUpId: form.get('signUpId'), code: form.get('code'), email: form.get('email'), password: form.get('password') }
    await setCookies(await completeSignUp(services.customers, { ...typed, headers }))
    redirect('/account/welcome')
  })
}
