'use server'
import { headers } from 'next/headers'
import { systemRandom } from '../../../domain/clock.ts'
import { finishEnrolment } from '../../../server/identity/enrol-factor.ts'
import { webServices } from '../../../server/web-services.ts'
import { clientAddress } from '../../_shell/client-address.ts'
import { setCookies } from '../../_shell/set-cookies.ts'
import { type ActionFailure, runAction } from '../../action-result.ts'

export interface EnrolState {
  failure: ActionFailure | null
  /** Shown this once; null until the first code was right. */
  recoveryCodes: string[] | null
}

export async function enrol(_before: EnrolState, form: FormData): Promise<EnrolState> {
  const { staff, logger } = webServices()
  const request = await headers()
  const done = await runAction(logger, request, async () => {
    const { cookies, recoveryCodes } = await finishEnrolment({ ...staff.signIn, random: systemRandom }, { code: form.get('code'), source: clientAddress(request), headers: new Headers(request) })
    await setCookies(cookies)
    return recoveryCodes
  })
  return Array.isArray(done) ? { failure: null, recoveryCodes: done } : { failure: done, recoveryCodes: null }
}
