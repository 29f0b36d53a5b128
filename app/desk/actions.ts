'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { signOutStaff } from '../../server/identity/sign-out-staff.ts'
import { webServices } from '../../server/web-services.ts'
import { setCookies } from '../_shell/set-cookies.ts'

export async function signOut(): Promise<void> {
  await setCookies(await signOutStaff(webServices().auth, new Headers(await headers())))
  redirect('/sign-in')
}
