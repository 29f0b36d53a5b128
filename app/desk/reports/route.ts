import { webServices } from '../../../server/web-services.ts'
import { answerStaff, NOT_STORED } from '../_staff/answer-staff.ts'
import { readDesk } from '../desk-view.ts'

export function GET(request: Request): Promise<Response> {
  return answerStaff(request, 'desk.read', async () => Response.json(await readDesk(webServices().sources), { headers: NOT_STORED }))
}
