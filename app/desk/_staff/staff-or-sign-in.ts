import { headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import { cache } from 'react'
import { staffMay, type StaffPermission } from '../../../domain/staff-permissions.ts'
import { requireStaff } from '../../../server/identity/require-staff.ts'
import type { Staff } from '../../../server/identity/staff.ts'
import { NotSignedInError } from '../../../server/platform/errors.ts'
import { webServices } from '../../../server/web-services.ts'

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
  // First: it tells the build that these pages are made per request, before any setting is asked for.
  const sent = await headers()
  try {
    return await requireStaff(webServices().auth, sent)
  } catch (error) {
    if (error instanceof NotSignedInError) redirect('/sign-in')
    throw error
  }
})
