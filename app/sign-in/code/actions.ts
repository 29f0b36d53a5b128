'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { confirmCode } from '../../../server/identity/confirm-code.ts'
import { webServices } from '../../../server/web-services.ts'
import { clientAddress } from '../../_shell/client-address.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import { type ActionFailure, runAction } from '../../action-result.ts'

export async function confirm(_before: ActionFailure | null, form: FormData): Promise<ActionFailure | null> {
  const { staff, logger } = webServices()
  const request = await headers()
  return runAction(logger, request, async () => {
    await setCookies(await confirmCode(staff.signIn, { code: form.get('code'), source: clientAddress(request), headers: new Headers(request) }))
    redirect('/desk')
  })
}
