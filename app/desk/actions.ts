'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { systemClock } from '../../domain/clock.ts'
import { signOutStaff } from '../../server/identity/sign-out-staff.ts'
import { webServices } from '../../server/web-services.ts'
import { setCookies } from '../_shell/set-cookies.ts'

export async function signOut(): Promise<void> {
  const { auth, audit, eventLog } = webServices()
  await setCookies(await signOutStaff({ auth, audit, clock: systemClock, log: eventLog }, new Headers(await headers())))
  redirect('/sign-in')
}
