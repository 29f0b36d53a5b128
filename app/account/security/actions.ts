'use server'
import { redirect } from 'next/navigation'
import { changePassword } from '../../../server/identity/customers/change-password.ts'
import { endSession } from '../../../server/identity/customers/end-session.ts'
import { removePasskey } from '../../../server/identity/customers/own-passkeys.ts'
import { renamePasskey } from '../../../server/identity/customers/rename-passkey.ts'
import { signOutCustomer } from '../../../server/identity/customers/sign-out-customer.ts'
import { signOutEverywhere } from '../../../server/identity/customers/sign-out-everywhere.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import type { FormState } from '../_components/form-state.ts'
import { runForm, runRequest, textOf } from '../run-form.ts'

const RULES = { signedInAt: '/account/security' } as const

export async function changeOwnPassword(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, RULES, async ({ services, headers, source, locale }) => {
    const typed = { currentPassword: form.get('currentPassword'), newPassword: form.get('newPassword') }
    await setCookies(await changePassword(services.customers, { ...typed, headers, source, locale }))
    redirect('/account/security?done=password-changed')
  })
}

export async function nameOwnPasskey(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { ...RULES, kept: ['name'] }, async ({ services, headers }) => {
    await renamePasskey(services.customers, { passkeyId: form.get('passkeyId'), name: form.get('name'), headers })
    redirect('/account/security?done=passkey-renamed')
  })
}

export async function removeOwnPasskey(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, RULES, async ({ services, headers }) => {
    await removePasskey(services.customers, { passkeyId: textOf(form, 'passkeyId'), headers })
    redirect('/account/security?done=passkey-removed')
  })
}

export async function endOwnSession(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, RULES, async ({ services, headers }) => {
    await endSession(services.customers, { sessionId: textOf(form, 'sessionId'), headers })
    redirect('/account/security?done=session-ended')
  })
}

export async function leaveEverywhere(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, RULES, async ({ services, headers }) => {
    await setCookies(await signOutEverywhere(services.customers, headers))
    redirect('/account/sign-in?told=signed-out-everywhere')
  })
}

/** Never fails: the cookies are gone whatever else does not answer. */
export async function signOut(): Promise<void> {
  await runRequest(async ({ services, headers }) => setCookies(await signOutCustomer(services.customers, headers)))
  redirect('/account/sign-in?told=signed-out')
}
