import { systemClock } from '../../../../../domain/clock.ts'
import { accountMark } from '../../../../../server/accounts/desk/account-mark.ts'
import { type DeskAccount, followAccount } from '../../../../../server/accounts/desk/look-at-account.ts'
import { webServices } from '../../../../../server/web-services.ts'
import { utility } from '../../../../../utility.config.ts'
import { answerStaff, NOT_STORED } from '../../../_staff/answer-staff.ts'

export interface AccountNews extends Pick<DeskAccount, 'flags' | 'timeline'> {
  /** To be sent back with the next question; null when nothing short of reading all tells whether something changed. */
  mark: string | null
}

/** What goes on at an account: `?before=` for what was earlier; `?mark=` is answered 204 when nothing changed since. */
export function GET(request: Request, { params }: { params: Promise<{ accountNumber: string }> }): Promise<Response> {
  return answerStaff(request, 'account.read', async (staff) => {
    const { accountNumber } = await params
    const asked = new URL(request.url).searchParams
    const { sources, audit } = webServices()
    const mark = await accountMark({ sources, clock: systemClock }, accountNumber)
    if (mark !== null && mark === asked.get('mark')) return new Response(null, { status: 204, headers: NOT_STORED })
    const news: AccountNews = { mark, ...(await followAccount({ sources, audit, clock: systemClock, utility }, staff, accountNumber, asked.get('before'))) }
    return Response.json(news, { headers: NOT_STORED })
  })
}
