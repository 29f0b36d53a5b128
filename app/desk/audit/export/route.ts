import { systemClock } from '../../../../domain/clock.ts'
import { auditQuestion } from '../../../../server/audit/audit-question.ts'
import { exportAudit } from '../../../../server/audit/export-audit.ts'
import { webServices } from '../../../../server/web-services.ts'
import { utility } from '../../../../utility.config.ts'
import { answerStaff, NOT_STORED } from '../../_staff/answer-staff.ts'

const CONTENT_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const

/** What a search finds, whole, as a file: `?format=csv|ndjson` and the fields of the search. */
export function GET(request: Request): Promise<Response> {
  return answerStaff(request, 'audit.export', async (staff) => {
    const asked = new URL(request.url).searchParams
    const format = asked.get('format') === 'ndjson' ? 'ndjson' : 'csv'
    const { sources, audit } = webServices()
    const lines = await exportAudit({ sources, audit, clock: systemClock, timeZone: utility.timeZone }, staff, auditQuestion(asked), format)
    const headers = { ...NOT_STORED, 'content-type': CONTENT_TYPES[format], 'content-disposition': `attachment; filename="audit-trail.${format}"`, 'x-content-type-options': 'nosniff' }
    return new Response(streamed(lines), { headers })
  })
}

/** Read as fast as it is taken. */
function streamed(lines: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const reading = lines[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await reading.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => {
      await reading.return?.()
    },
  })
}
