'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { setPasswordByLink } from '../../../server/identity/set-password.ts'
import { webServices } from '../../../server/web-services.ts'
import { clientAddress } from '../../_shell/client-address.ts'
import { type ActionFailure, runAction } from '../../action-result.ts'

export async function setPassword(_before: ActionFailure | null, form: FormData): Promise<ActionFailure | null> {
  const { staff, logger } = webServices()
  const request = await headers()
  return runAction(logger, request, async () => {
    await staff.signIn.limits.takeCode(clientAddress(request))
    await setPasswordByLink(await staff.administration(), { token: form.get('token'), password: form.get('password') })
    redirect('/sign-in?done=password')
  })
}
