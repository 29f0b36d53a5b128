import type { StaffPermission } from '../../../domain/staff-permissions.ts'
import { requireStaffFor } from '../../../server/identity/require-staff.ts'
import type { Staff } from '../../../server/identity/staff.ts'
import { AuditUnavailableError, ForbiddenError, NotFoundError, NotSignedInError, ReadsUnavailableError, StormdoorError } from '../../../server/platform/errors.ts'
import { traceOf } from '../../../server/platform/trace-context.ts'
import { webServices } from '../../../server/web-services.ts'

/** Opens every route of the desk: answers staff who may do this alone, as JSON that nobody caches; a typed error is its status. */
export async function answerStaff(request: Request, permission: StaffPermission, answer: (staff: Staff) => Promise<Response>): Promise<Response> {
  const { auth, logger } = webServices()
  try {
    return await answer(await requireStaffFor(auth, request.headers, permission))
  } catch (error) {
    const { traceId } = traceOf(request.headers.get('traceparent') ?? undefined)
    if (!(error instanceof StormdoorError)) logger.error({ err: error, traceId }, 'desk route failed')
    return Response.json({ code: error instanceof StormdoorError ? error.code : 'unknown', traceId }, { status: statusOf(error), headers: NOT_STORED })
  }
}

export const NOT_STORED = { 'cache-control': 'no-store' } as const

function statusOf(error: unknown): number {
  if (error instanceof NotSignedInError) return 401
  if (error instanceof ForbiddenError) return 403
  if (error instanceof NotFoundError) return 404
  return error instanceof ReadsUnavailableError || error instanceof AuditUnavailableError ? 503 : 500
}
