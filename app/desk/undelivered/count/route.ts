import { webServices } from '../../../../server/web-services.ts'
import { answerStaff, NOT_STORED } from '../../_staff/answer-staff.ts'
import { countUndeliveredReports } from '../undelivered-view.ts'

export function GET(request: Request): Promise<Response> {
  return answerStaff(request, 'desk.read', async (staff) => Response.json({ reports: await countUndeliveredReports(webServices(), staff) }, { headers: NOT_STORED }))
}
