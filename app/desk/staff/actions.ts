'use server'
import { revalidatePath } from 'next/cache'
import { headers } from 'next/headers'
import { z } from 'zod'
import { STAFF_ROLES } from '../../../domain/staff-permissions.ts'
import { addStaff } from '../../../server/identity/administration/add-staff.ts'
import { changeStaffRole } from '../../../server/identity/administration/change-staff-role.ts'
import { disableStaff } from '../../../server/identity/administration/disable-staff.ts'
import { resetStaffFactor } from '../../../server/identity/administration/reset-staff-factor.ts'
import { resetStaffPassword } from '../../../server/identity/administration/reset-staff-password.ts'
import { requireStaffFor } from '../../../server/identity/require-staff.ts'
import { InvalidInputError } from '../../../server/platform/errors.ts'
import { webServices } from '../../../server/web-services.ts'
import { type ActionFailure, runAction } from '../../action-result.ts'

const targetSchema = z.object({ commandId: z.uuid(), staffId: z.uuid() })
const roleSchema = z.enum(STAFF_ROLES)

const STAFF_ACTS = ['role', 'disable', 'enable', 'factor', 'password', 'add'] as const
export type StaffAct = (typeof STAFF_ACTS)[number]

export interface Administered {
  failure: ActionFailure | null
  done: { act: StaffAct; email: string; link: { url: string; hours: number } | null } | null
}

/** One act about one member of staff: the pressed button says which. Its id is that of the form, so that sent twice it is one. */
export async function administer(_before: Administered, form: FormData): Promise<Administered> {
  const { auth, staff, logger } = webServices()
  const request = new Headers(await headers())
  const act = z.enum(STAFF_ACTS).catch('role').parse(form.get('act'))
  const outcome = await runAction(logger, request, async () => {
    const by = { kind: 'staff', staff: await requireStaffFor(auth, request, 'staff.manage') } as const
    const context = await staff.administration()
    let link: { url: string; hours: number } | null = null
    if (act === 'add') {
      const commandId = z.uuid().catch(() => auth.newId()).parse(form.get('commandId'))
      const { url, hours } = await addStaff(context, by, { commandId, email: form.get('email'), name: form.get('name'), role: form.get('role') })
      link = { url, hours }
    } else {
      const target = targetSchema.safeParse({ commandId: form.get(`commandId-${act}`), staffId: form.get('staffId') })
      const role = roleSchema.safeParse(form.get('role'))
      if (!target.success || (act === 'role' && !role.success)) throw new InvalidInputError([{ field: '/role', rule: 'choice', fix: 'Choose a role' }])
      const command = target.data
      if (act === 'role' && role.success) await changeStaffRole(context, by, { ...command, role: role.data })
      else if (act === 'disable' || act === 'enable') await disableStaff(context, by, { ...command, disabled: act === 'disable' })
      else if (act === 'factor') await resetStaffFactor(context, by, command)
      else link = await resetStaffPassword(context, by, command)
    }
    revalidatePath('/desk/staff')
    return { act, email: z.string().catch('').parse(form.get('email')), link }
  })
  return 'act' in outcome ? { failure: null, done: outcome } : { failure: outcome, done: null }
}
