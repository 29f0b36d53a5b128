import { forbidden, redirect } from 'next/navigation'
import { cache } from 'react'
import { staffMay, type StaffPermission } from '../../../domain/staff-permissions.ts'
import { requireStaff } from '../../../server/identity/require-staff.ts'
import type { Staff } from '../../../server/identity/staff.ts'
import { NotSignedInError } from '../../../server/platform/errors.ts'
import { webServices } from '../../../server/web-services.ts'
import { requestHeaders } from '../../_shell/request-headers.ts'

/**
 * Opens every page of the desk: the member of staff, or off to sign in. Asked once per request.
 * @param permission who may not do this gets a page that says so, with status 403; left out by what all staff may see
 */
export async function staffOrSignIn(permission?: StaffPermission): Promise<Staff> {
  const staff = await signedInStaff()
  if (permission && !staffMay(staff.role, permission)) forbidden()
  return staff
}

const signedInStaff = cache(async (): Promise<Staff> => {
  const sent = await requestHeaders()
  try {
    return await requireStaff(webServices().auth, sent)
  } catch (error) {
    if (error instanceof NotSignedInError) redirect('/sign-in')
    throw error
  }
})
