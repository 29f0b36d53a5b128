'use server'
import { redirect } from 'next/navigation'
import { signInCustomer } from '../../../server/identity/customers/sign-in-customer.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import type { FormState } from '../_components/form-state.ts'
import { safeNextPath } from '../_session/safe-next-path.ts'
import { runForm } from '../run-form.ts'

export async function signIn(before: FormState, form: FormData): Promise<FormState> {
  const rules = { kept: ['email'], own: { 'not-signed-in': 'identity.failed.refused' } } as const
  return runForm(before, form, rules, async ({ services, headers, source, locale }) => {
    await setCookies(await signInCustomer(services.customers, { email: form.get('email'), password: form.get('password'), source, headers }))
    redirect(safeNextPath(form.get('next'), locale))
  })
}
