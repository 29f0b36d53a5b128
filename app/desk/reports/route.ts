import { webServices } from '../../../server/web-services.ts'
import { answerStaff, NOT_STORED } from '../_staff/answer-staff.ts'
import { deskJson, readDesk } from '../desk-view.ts'

/** The list; with `?only=standing` just whether it can be read, for those who are told its changes by the stream. */
export function GET(request: Request): Promise<Response> {
  return answerStaff(request, 'desk.read', async () => {
    const { searchParams } = new URL(request.url)
    const view = await readDesk(webServices().sources, searchParams.get('order') === 'oldest' ? 'oldest' : 'newest')
    if (searchParams.get('only') === 'standing') return Response.json({ current: view.current, totals: view.totals }, { headers: NOT_STORED })
    return new Response(deskJson(view), { headers: { ...NOT_STORED, 'content-type': 'application/json' } })
  })
}
