import type { FastifyInstance } from 'fastify'
import type { OutageReported } from '../../../domain/event.ts'
import { followedReport } from '../../../domain/followed-report.ts'
import { REPORT_HEADERS } from '../../../domain/report-limits.ts'
import type { ReportStanding } from '../../../domain/report-standing.ts'
import { getOwnReport } from '../../../server/outages/get-own-report.ts'
import type { DoorContext, KnownStanding } from './context.ts'
import { admit } from './outage-reports.ts'

/** `GET /api/v1/outage-reports/{id}` with the secret: where it stands, from the log, and from a projection when one answers in time. */
export function outageReport(app: FastifyInstance, context: DoorContext): void {
  app.get<{ Params: { id: string } }>('/api/v1/outage-reports/:id', { onRequest: admit(context) }, async (request, reply) => {
    const secret = request.headers[REPORT_HEADERS.secret]
    const { reported, receipt } = await getOwnReport(context, { id: request.params.id.toLowerCase(), secret: typeof secret === 'string' ? secret : undefined })
    const known = await inTime(context.statusOf?.(receipt.id), context)
    const { state, confirmation, additions, asOf } = known ?? asLogged(reported, context)
    const { occurred } = reported
    const corrected = occurred && { savedAt: occurred.savedAt, errorMs: occurred.errorMs }
    const standing: ReportStanding = { ...receipt, state, confirmation, additions, corrected, asOf }
    return reply.header('content-type', 'application/json').send(JSON.stringify(standing))
  })
}

/** What the log says of the report alone, which is found there by its own id: that it is there, and whether its customer is asked. */
function asLogged(reported: OutageReported, { clock }: DoorContext): KnownStanding {
  const { state, confirmation, additions } = followedReport(reported, { matched: false, followUps: [] })
  return { state, confirmation, additions, asOf: new Date(clock.nowMs()).toISOString() }
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
