import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { requireStaff } from '../../../server/identity/require-staff.ts'
import type { Staff } from '../../../server/identity/staff.ts'
import { NotSignedInError } from '../../../server/platform/errors.ts'
import { webServices } from '../../../server/web-services.ts'

/** Opens every page of the desk: the member of staff, or off to sign in. Asked once per request. */
export const staffOrSignIn = cache(async (): Promise<Staff> => {
  // First: it tells the build that these pages are made per request, before any setting is asked for.
  const sent = await headers()
  try {
    return await requireStaff(webServices().auth, sent)
  } catch (error) {
    if (error instanceof NotSignedInError) redirect('/sign-in')
    throw error
  }
})
