'use server'
import { headers } from 'next/headers'
import { systemClock } from '../../../../domain/clock.ts'
import type { StaffPermission } from '../../../../domain/staff-permissions.ts'
import { type FlagResult, flagAccount } from '../../../../server/accounts/desk/flag-account.ts'
import { noteAccount } from '../../../../server/accounts/desk/note-account.ts'
import type { AccountNote } from '../../../../server/accounts/desk/account-desk.ts'
import { type RevealedDetails, revealAccount } from '../../../../server/accounts/desk/reveal-account.ts'
import { requireStaffFor } from '../../../../server/identity/require-staff.ts'
import type { Staff } from '../../../../server/identity/staff.ts'
import { type WebServices, webServices } from '../../../../server/web-services.ts'
import { type ActionFailure, runAction } from '../../../action-result.ts'

/** What an action of the account page came to. */
export type Done<T> = { done: T; failure: null } | { done: null; failure: ActionFailure }

/** @param form `revealId`, `accountNumber`, `why`, `words` */
export async function reveal(form: FormData): Promise<Done<RevealedDetails>> {
  return asStaff('account.reveal', (staff, { audit, sources }) => revealAccount({ audit, sources, clock: systemClock }, staff, fieldsOf(form)))
}

/** @param form `noteId`, `accountNumber`, `text` */
export async function addNote(form: FormData): Promise<Done<AccountNote>> {
  return asStaff('account.note', async (staff, { eventLog, sources }) => noteAccount({ log: await eventLog(), sources, clock: systemClock }, staff, fieldsOf(form)))
}

/** @param form `flaggingId`, `accountNumber`, `basedOn` ('' for none), `flags` as often as there are */
export async function setFlags(form: FormData): Promise<Done<FlagResult>> {
  const input = { ...fieldsOf(form), basedOn: form.get('basedOn') || null, flags: form.getAll('flags') }
  return asStaff('account.flag', async (staff, { eventLog, sources }) => flagAccount({ log: await eventLog(), sources, clock: systemClock }, staff, input))
}

async function asStaff<T extends object>(permission: StaffPermission, act: (staff: Staff, services: WebServices) => Promise<T>): Promise<Done<T>> {
  const services = webServices()
  const request = await headers()
  const outcome = await runAction(services.logger, request, async () => ({ done: await act(await requireStaffFor(services.auth, new Headers(request), permission), services), failure: null }))
  return 'done' in outcome ? outcome : { done: null, failure: outcome }
}

function fieldsOf(form: FormData): Record<string, unknown> {
  return Object.fromEntries(form)
}
