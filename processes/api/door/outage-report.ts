import type { FastifyInstance } from 'fastify'
import { REPORT_HEADERS } from '../../../domain/report-limits.ts'
import type { ReportStanding } from '../../../domain/report-standing.ts'
import { getOwnReport } from '../../../server/outages/get-own-report.ts'
import type { DoorContext, KnownStanding } from './context.ts'
import { admit } from './outage-reports.ts'

/** `GET /api/v1/outage-reports/{id}` with the secret: where it stands, from the log, and from a projection when one answers in time. */
export function outageReport(app: FastifyInstance, context: DoorContext): void {
  app.get<{ Params: { id: string } }>('/api/v1/outage-reports/:id', { onRequest: admit(context) }, async (request, reply) => {
    const secret = request.headers[REPORT_HEADERS.secret]
    const { receipt } = await getOwnReport(context, { id: request.params.id.toLowerCase(), secret: typeof secret === 'string' ? secret : undefined })
    const known = await inTime(context.statusOf?.(receipt.id), context)
    const standing: ReportStanding = {
      ...receipt,
      state: known?.matched ? 'matched' : 'received',
      asOf: known?.asOf ?? new Date(context.clock.nowMs()).toISOString(),
    }
    return reply.header('content-type', 'application/json').send(JSON.stringify(standing))
  })
}

/** The answer if it comes within the bound; a store that hangs or throws costs the customer no more than that. */
async function inTime(asked: Promise<KnownStanding | null> | undefined, { clock, limits }: DoorContext): Promise<KnownStanding | null> {
  if (!asked) return null
  const timer = new AbortController()
  try {
    return await Promise.race([asked, clock.sleep(limits.statusOfTimeoutMs, timer.signal).then(() => null)])
  } catch {
    return null
  } finally {
    timer.abort()
  }
}
