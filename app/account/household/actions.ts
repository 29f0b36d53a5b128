'use server'
import { redirect } from 'next/navigation'
import { ACCESS_ROLES } from '../../../domain/access.ts'
import { changeHouseholdRole, leaveHousehold, withdrawInvitation } from '../../../server/identity/customers/household.ts'
import { inviteToAccount } from '../../../server/identity/customers/invite-to-account.ts'
import { InvalidInputError } from '../../../server/platform/errors.ts'
import type { FormState } from '../_components/form-state.ts'
import { runForm, textOf } from '../run-form.ts'

const PAGE = '/account/household'
const RULES = { signedInAt: PAGE } as const
/** An owner alone gets to see these forms, so what is refused to one is to be the last. */
const OWNER_RULES = { ...RULES, own: { forbidden: 'identity.failed.lastOwner' } } as const

export async function invite(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { ...RULES, kept: ['email', 'role'] }, async ({ services, headers }) => {
    const typed = { invitationId: form.get('commandId'), accountNumber: form.get('accountNumber'), email: form.get('email'), role: form.get('role') }
    await inviteToAccount(services.customers, { ...typed, headers })
    redirect(`${PAGE}?done=invited`)
  })
}

export async function takeBackInvitation(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, RULES, async ({ services, headers }) => {
    await withdrawInvitation(services.customers, { accountNumber: textOf(form, 'accountNumber'), invitationId: textOf(form, 'invitationId'), headers })
    redirect(`${PAGE}?done=invitation-withdrawn`)
  })
}

export async function changePersonsRole(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, { ...OWNER_RULES, kept: ['role'] }, async ({ services, headers }) => {
    const role = ACCESS_ROLES.find((known) => known === form.get('role'))
    if (!role) throw new InvalidInputError([{ field: '/role', rule: 'one-of', fix: 'Choose a role' }])
    await changeHouseholdRole(services.customers, { ...personIn(form), role, headers })
    redirect(`${PAGE}?done=role-changed`)
  })
}

export async function removePerson(before: FormState, form: FormData): Promise<FormState> {
  return runForm(before, form, OWNER_RULES, async ({ services, headers }) => {
    await leaveHousehold(services.customers, { ...personIn(form), headers })
    redirect(`${PAGE}?done=${form.get('own') === 'yes' ? 'access-left' : 'access-removed'}`)
  })
}

function personIn(form: FormData): { commandId: string; accountNumber: string; loginId: string } {
  return { commandId: textOf(form, 'commandId'), accountNumber: textOf(form, 'accountNumber'), loginId: textOf(form, 'loginId') }
}
