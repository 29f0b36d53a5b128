'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { replaceOwnFactor } from '../../../server/identity/replace-own-factor.ts'
import { changeOwnPassword } from '../../../server/identity/set-password.ts'
import { webServices } from '../../../server/web-services.ts'
import { clientAddress } from '../../_shell/client-address.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import { type ActionFailure, runAction } from '../../action-result.ts'

export interface OwnChange {
  failure: ActionFailure | null
  done: boolean
}

export async function changePassword(_before: OwnChange, form: FormData): Promise<OwnChange> {
  const { staff, logger } = webServices()
  const request = new Headers(await headers())
  const failure = await runAction(logger, request, async () => {
    await staff.signIn.limits.takeCode(clientAddress(request))
    await setCookies(await changeOwnPassword(await staff.administration(), { current: form.get('current'), password: form.get('password'), headers: request }))
    await staff.signIn.limits.giveBackCode(clientAddress(request))
    return null
  })
  return { failure, done: failure === null }
}

export async function replaceFactor(_before: OwnChange, form: FormData): Promise<OwnChange> {
  const { staff, logger } = webServices()
  const request = new Headers(await headers())
  const failure = await runAction(logger, request, async () => {
    const context = { ...staff.signIn, ...(await staff.administration()), audit: staff.signIn.audit }
    await setCookies(await replaceOwnFactor(context, { code: form.get('code'), source: clientAddress(request), headers: request }))
    redirect('/sign-in?done=factor')
  })
  return { failure, done: false }
}
