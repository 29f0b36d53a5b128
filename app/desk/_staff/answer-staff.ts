import { requireStaff } from '../../../server/identity/require-staff.ts'
import { NotSignedInError, ReadsUnavailableError, StormdoorError } from '../../../server/platform/errors.ts'
import { traceOf } from '../../../server/platform/trace-context.ts'
import { webServices } from '../../../server/web-services.ts'

/** Opens every route of the desk: answers staff alone, as JSON that nobody caches; a typed error is its status. */
export async function answerStaff(request: Request, answer: () => Promise<Response>): Promise<Response> {
  const { auth, logger } = webServices()
  try {
    await requireStaff(auth, request.headers)
    return await answer()
  } catch (error) {
    const { traceId } = traceOf(request.headers.get('traceparent') ?? undefined)
    if (!(error instanceof StormdoorError)) logger.error({ err: error, traceId }, 'desk route failed')
    return Response.json({ code: error instanceof StormdoorError ? error.code : 'unknown', traceId }, { status: statusOf(error), headers: NOT_STORED })
  }
}

export const NOT_STORED = { 'cache-control': 'no-store' } as const

function statusOf(error: unknown): number {
  if (error instanceof NotSignedInError) return 401
  return error instanceof ReadsUnavailableError ? 503 : 500
}
