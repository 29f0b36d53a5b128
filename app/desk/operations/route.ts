import { getOperations } from '../../../server/operations/get-operations.ts'
import { webServices } from '../../../server/web-services.ts'
import { answerStaff, NOT_STORED } from '../_staff/answer-staff.ts'

export function GET(request: Request): Promise<Response> {
  return answerStaff(request, 'system.read', async (staff) => Response.json(await getOperations(webServices(), staff), { headers: NOT_STORED }))
}
