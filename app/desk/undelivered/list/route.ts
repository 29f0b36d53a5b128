import { webServices } from '../../../../server/web-services.ts'
import { answerStaff, NOT_STORED } from '../../_staff/answer-staff.ts'
import { readUndelivered } from '../undelivered-view.ts'

export function GET(request: Request): Promise<Response> {
  return answerStaff(request, 'desk.read', async (staff) => Response.json(await readUndelivered(webServices(), staff), { headers: NOT_STORED }))
}
