'use server'
import { redirect } from 'next/navigation'
import { addAccount } from '../../../server/identity/customers/add-account.ts'
import { completeAddAccount } from '../../../server/identity/customers/complete-add-account.ts'
import type { FormState } from '../_components/form-state.ts'
import { runForm } from '../run-form.ts'

const RULES = { signedInAt: '/account/add' } as const

export async function askForAccountCode(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { ...RULES, kept: ['accountNumber', 'contact'] }, async ({ services, headers, source, locale }) => {
    const typed = { accountNumber: form.get('accountNumber'), contact: form.get('contact') }
    const { additionId } = await addAccount(services.customers, { ...typed, headers, source, locale })
    redirect(`/account/add/${additionId}`)
  })
}

export async function finishAddAccount(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { ...RULES, kept: ['code'] }, async ({ services, headers }) => {
    await completeAddAccount(services.customers, { additionId: form.get('additionId'), code: form.get('code'), headers })
    redirect('/account/household?done=account-added')
  })
}
